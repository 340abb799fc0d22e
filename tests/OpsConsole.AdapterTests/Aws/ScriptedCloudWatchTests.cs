using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>The limits that the scripted CloudWatch keeps, and its metric math.</summary>
public sealed class ScriptedCloudWatchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private ScriptedAws _aws = null!;
    private IAmazonCloudWatch _cloudWatch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<PutMetricDataRequest>, string> BadData => new()
    {
        { "no name", request => request.MetricData[0].MetricName = null, "MissingParameter" },
        { "reserved", request => request.Namespace = "AWS/EC2", "InvalidParameterValue" },
        { "too many", request => request.MetricData = [.. Enumerable.Repeat(request.MetricData[0], 1001)], "InvalidParameterCombination" },
        { "too old", request => request.MetricData[0].Timestamp = Noon.UtcDateTime.AddDays(-15), "InvalidParameterValue" },
        { "too early", request => request.MetricData[0].Timestamp = Noon.UtcDateTime.AddHours(3), "InvalidParameterValue" },
        { "infinite", request => request.MetricData[0].Value = double.PositiveInfinity, "InvalidParameterValue" },
        { "two kinds", request => request.MetricData[0].Values = [1], "InvalidParameterCombination" },
        { "unknown unit", request => request.MetricData[0].Unit = "Furlongs", "InvalidParameterValue" },
        { "too many dimensions", request => request.MetricData[0].Dimensions = [.. Enumerable.Range(0, 31).Select(i => new Dimension { Name = $"d{i}", Value = "v" })], "InvalidParameterValue" },
        { "too many values", request => (request.MetricData[0].Value, request.MetricData[0].Values) = (null, [.. Enumerable.Repeat(1.0, 151)]), "InvalidParameterValue" },
        { "counts that do not fit", request => (request.MetricData[0].Value, request.MetricData[0].Values, request.MetricData[0].Counts) = (null, [1, 2], [1]), "InvalidParameterCombination" },
        { "resolution", request => request.MetricData[0].StorageResolution = 5, "InvalidParameterValue" },
    };

    public static TheoryData<string, Action<GetMetricDataRequest>> BadQuestions => new()
    {
        { "no query", request => request.MetricDataQueries = [] },
        { "too many", request => request.MetricDataQueries = [.. Enumerable.Range(0, 501).Select(i => Query($"q{i}"))] },
        { "the same id twice", request => request.MetricDataQueries = [Query("a"), Query("a")] },
        { "bad id", request => request.MetricDataQueries = [Query("A")] },
        { "period", request => request.MetricDataQueries[0].MetricStat.Period = 45 },
        { "statistic", request => request.MetricDataQueries[0].MetricStat.Stat = "Median" },
        { "both", request => request.MetricDataQueries[0].Expression = "a" },
        { "end before start", request => request.EndTime = request.StartTime },
        { "too many points", request => request.MaxDatapoints = 100_801 },
        { "bad expression", request => request.MetricDataQueries.Add(new() { Id = "e", Expression = "a +" }) },
        { "unknown id", request => request.MetricDataQueries.Add(new() { Id = "e", Expression = "a + b" }) },
        { "circle", request => request.MetricDataQueries.AddRange([new() { Id = "e", Expression = "f" }, new() { Id = "f", Expression = "e" }]) },
        { "nothing returned", request => request.MetricDataQueries[0].ReturnData = false },
    };

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _cloudWatch = _aws.CreateCloudWatch();
    }

    public async ValueTask DisposeAsync()
    {
        _cloudWatch.Dispose();
        await _aws.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(BadData))]
    public async Task Bad_data_are_refused(string what, Action<PutMetricDataRequest> spoil, string code)
    {
        var request = new PutMetricDataRequest { Namespace = "N", MetricData = [new() { MetricName = "M", Value = 1 }] };
        spoil(request);

        var exception = await Assert.ThrowsAnyAsync<AmazonCloudWatchException>(() => _cloudWatch.PutMetricDataAsync(request, Token));

        Assert.True(code == exception.ErrorCode, $"{what}: {exception.ErrorCode} {exception.Message}");
        Assert.Empty(_aws.CloudWatch.Published("N", "M"));
    }

    [Theory]
    [MemberData(nameof(BadQuestions))]
    public async Task Bad_questions_are_refused(string what, Action<GetMetricDataRequest> spoil)
    {
        var request = Ask(Query("a"));
        spoil(request);

        var exception = await Assert.ThrowsAsync<AmazonCloudWatchException>(() => _cloudWatch.GetMetricDataAsync(request, Token));

        Assert.True(exception.ErrorCode == "ValidationError", $"{what}: {exception.ErrorCode} {exception.Message}");
    }

    [Theory]
    [InlineData(1, 60, 3)]
    [InlineData(4, 30, 0)]
    [InlineData(4, 60, 3)]
    [InlineData(16 * 24, 60, 0)]
    [InlineData(16 * 24, 300, 1)]
    [InlineData(64 * 24, 300, 0)]
    [InlineData(64 * 24, 3600, 1)]
    public async Task Old_data_are_kept_by_longer_periods(int hoursAgo, int period, int points)
    {
        var at = Noon.AddHours(-hoursAgo);
        foreach (var minute in (int[])[1, 2, 3])
        {
            _aws.CloudWatch.Put("N", "M", 1, at.AddMinutes(minute), highResolution: true);
        }
        var request = Ask(Query("a"));
        (request.StartTime, request.EndTime) = (at.UtcDateTime, at.UtcDateTime.AddMinutes(10));
        request.MetricDataQueries[0].MetricStat.Period = period;

        Assert.Equal(points, (await _cloudWatch.GetMetricDataAsync(request, Token)).MetricDataResults[0].Values.Count);
    }

    [Fact]
    public async Task Data_that_were_not_published_by_the_second_have_no_shorter_periods_than_a_minute()
    {
        _aws.CloudWatch.Put("N", "Slow", 1, Noon.AddSeconds(-40));
        _aws.CloudWatch.Put("N", "Fast", 1, Noon.AddSeconds(-40), highResolution: true);
        var request = Ask(Query("slow", "Slow"), Query("fast", "Fast"));
        request.MetricDataQueries.ForEach(query => query.MetricStat.Period = 10);

        var results = (await _cloudWatch.GetMetricDataAsync(request, Token)).MetricDataResults;

        Assert.Equal([("slow", 0), ("fast", 1)], results.Select(result => (result.Id, result.Values.Count)));
    }

    [Fact]
    public async Task A_datum_can_take_its_time_until_it_is_seen()
    {
        _aws.CloudWatch.IngestionDelay = TimeSpan.FromMinutes(2);
        _aws.CloudWatch.Put("N", "M", 1, Noon.AddMinutes(-1));

        var early = (await _cloudWatch.GetMetricDataAsync(Ask(Query("a")), Token)).MetricDataResults[0].Values;
        _time.Advance(TimeSpan.FromMinutes(2));
        var late = (await _cloudWatch.GetMetricDataAsync(Ask(Query("a")), Token)).MetricDataResults[0].Values;

        Assert.Equal((0, 1), (early.Count, late.Count));
    }

    [Fact]
    public async Task A_token_belongs_to_the_question_that_it_was_given_for()
    {
        _aws.CloudWatch.MostPointsPerPage = 1;
        _aws.CloudWatch.Put("N", "M", 1, Noon.AddMinutes(-1));
        _aws.CloudWatch.Put("N", "M", 1, Noon.AddMinutes(-2));
        var token = (await _cloudWatch.GetMetricDataAsync(Ask(Query("a")), Token)).NextToken;
        var other = Ask(Query("b"));
        other.NextToken = token;

        await Assert.ThrowsAsync<InvalidNextTokenException>(() => _cloudWatch.GetMetricDataAsync(other, Token));
    }

    [Theory]
    [InlineData("100 * errors / requests", new[] { 10.0, 50 })]
    [InlineData("FILL(errors, 0) + 1", new[] { 2.0, 3, 1 })]
    [InlineData("FILL(errors, REPEAT)", new[] { 1.0, 2, 2 })]
    [InlineData("SUM([errors, requests])", new[] { 11.0, 6, 8 })]
    [InlineData("AVG([errors, requests])", new[] { 5.5, 3, 8 })]
    [InlineData("MAX([errors, requests]) - MIN([errors, requests])", new[] { 9.0, 2, 0 })]
    [InlineData("IF(requests > 5, requests, 0 - 1)", new[] { 10.0, -1, 8 })]
    [InlineData("-errors + 2 * (requests - 1)", new[] { 17.0, 4 })]
    [InlineData("errors / (requests - 10)", new[] { 2 / -6.0 })]
    public void Metric_math_is_computed(string expression, double[] values)
    {
        var series = new Dictionary<string, SortedDictionary<DateTimeOffset, double>>
        {
            ["errors"] = new() { [Noon] = 1, [Noon.AddMinutes(1)] = 2 },
            ["requests"] = new() { [Noon] = 10, [Noon.AddMinutes(1)] = 4, [Noon.AddMinutes(2)] = 8 },
        };

        Assert.Equal(values, MetricExpression.Evaluate(expression, series).Values);
    }

    private static MetricDataQuery Query(string id, string metric = "M") => new()
    {
        Id = id,
        MetricStat = new() { Metric = new() { Namespace = "N", MetricName = metric }, Period = 60, Stat = "Sum" },
    };

    private static GetMetricDataRequest Ask(params List<MetricDataQuery> queries) =>
        new() { StartTime = Noon.UtcDateTime.AddMinutes(-10), EndTime = Noon.UtcDateTime, MetricDataQueries = queries };
}
