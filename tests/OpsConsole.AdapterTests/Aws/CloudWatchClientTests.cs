using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Every operation of the CloudWatch client over the wire and back.</summary>
public sealed class CloudWatchClientTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Shop = new() { ["LoadBalancer"] = "app/shop/1" };

    private readonly FakeTimeProvider _time = new(Noon);
    private ScriptedAws _aws = null!;
    private IAmazonCloudWatch _cloudWatch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    [Fact]
    public async Task Metric_data_come_newest_first_by_period_and_by_expression()
    {
        Minute(-3, errors: 1, requests: 50);
        Minute(-2, errors: 4, requests: 100);
        Minute(-1, errors: 0, requests: 10);
        _aws.CloudWatch.Put("AWS/ApplicationELB", "Errors", 99, Noon, Shop);

        var answer = await _cloudWatch.GetMetricDataAsync(
            Ask([Query("errors", "Errors"), Query("requests", "Requests"), new() { Id = "rate", Expression = "100 * errors / requests", Label = "Error rate" }]), Token);

        Assert.Equal(["errors", "requests", "rate"], answer.MetricDataResults.Select(result => result.Id));
        Assert.All(answer.MetricDataResults, result => Assert.Equal(StatusCode.Complete, result.StatusCode));
        Assert.Equal([0, 4, 1], answer.MetricDataResults[0].Values);
        var rate = answer.MetricDataResults[2];
        Assert.Equal("Error rate", rate.Label);
        Assert.Equal([0, 4, 2], rate.Values);
        Assert.Equal([Noon.UtcDateTime.AddMinutes(-1), Noon.UtcDateTime.AddMinutes(-2), Noon.UtcDateTime.AddMinutes(-3)], rate.Timestamps);
        Assert.Equal(DateTimeKind.Utc, rate.Timestamps[0].Kind);
        Assert.Null(answer.NextToken);
    }

    [Fact]
    public async Task A_series_goes_on_in_the_next_page_under_its_id()
    {
        for (var minute = -5; minute < 0; minute++)
        {
            Minute(minute, errors: minute, requests: 1);
        }
        _aws.CloudWatch.MostPointsPerPage = 4;

        var pages = await _cloudWatch.Paginators.GetMetricData(Ask([Query("a", "Errors"), Query("b", "Requests")])).Responses.ToListAsync(Token);

        Assert.Equal(3, pages.Count);
        Assert.Equal([("a", 4)], pages[0].MetricDataResults.Select(result => (result.Id, result.Values.Count)));
        Assert.Equal([("a", 1), ("b", 3)], pages[1].MetricDataResults.Select(result => (result.Id, result.Values.Count)));
        Assert.Equal([("b", 2)], pages[2].MetricDataResults.Select(result => (result.Id, result.Values.Count)));
        Assert.Equal(StatusCode.PartialData, pages[0].MetricDataResults[0].StatusCode);
        Assert.Equal(StatusCode.Complete, pages[1].MetricDataResults[0].StatusCode);
    }

    [Theory]
    [InlineData("PartialData", 1)]
    [InlineData("InternalError", 0)]
    [InlineData("Forbidden", 0)]
    public async Task A_series_says_what_it_lacks(string status, int points)
    {
        Minute(-2, errors: 1, requests: 1);
        Minute(-1, errors: 1, requests: 1);
        _aws.CloudWatch.SetStatus("Errors", status);

        var result = Assert.Single((await _cloudWatch.GetMetricDataAsync(Ask([Query("a", "Errors")]), Token)).MetricDataResults);

        Assert.Equal(status, result.StatusCode.Value);
        Assert.Equal(points, result.Values.Count);
    }

    [Fact]
    public async Task Statistics_come_with_percentiles()
    {
        for (var i = 1; i <= 100; i++)
        {
            _aws.CloudWatch.Put("AWS/ApplicationELB", "TargetResponseTime", i, Noon.AddMinutes(-1), Shop, "Milliseconds");
        }

        var answer = await _cloudWatch.GetMetricStatisticsAsync(
            new()
            {
                Namespace = "AWS/ApplicationELB",
                MetricName = "TargetResponseTime",
                Dimensions = [new() { Name = "LoadBalancer", Value = "app/shop/1" }],
                StartTime = Noon.UtcDateTime.AddMinutes(-5),
                EndTime = Noon.UtcDateTime,
                Period = 60,
                Statistics = ["Average", "Maximum", "SampleCount"],
                ExtendedStatistics = ["p99"],
                Unit = StandardUnit.Milliseconds,
            },
            Token);

        var point = Assert.Single(answer.Datapoints);
        Assert.Equal("TargetResponseTime", answer.Label);
        Assert.Equal((50.5, 100, 100), (point.Average, point.Maximum, point.SampleCount));
        Assert.Equal(99, point.ExtendedStatistics["p99"]);
        Assert.Null(point.Sum);
        Assert.Equal(StandardUnit.Milliseconds, point.Unit);
        Assert.Equal(Noon.UtcDateTime.AddMinutes(-1), point.Timestamp);
    }

    [Fact]
    public async Task Published_data_arrive_as_values_with_counts_and_as_statistic_sets()
    {
        await _cloudWatch.PutMetricDataAsync(
            new()
            {
                Namespace = "ChaosEngineering",
                MetricData =
                [
                    new() { MetricName = "ErrorRate", Value = 1.5, Unit = StandardUnit.Percent, Timestamp = Noon.UtcDateTime, StorageResolution = 1, Dimensions = [new() { Name = "ExperimentId", Value = "EXP1" }] },
                    new() { MetricName = "Latency", Values = [10, 20], Counts = [3, 1], Unit = StandardUnit.Milliseconds },
                    new() { MetricName = "Throughput", StatisticValues = new() { SampleCount = 2, Sum = 30, Minimum = 10, Maximum = 20 }, Unit = StandardUnit.CountSecond },
                ],
            },
            Token);

        var rate = Assert.Single(_aws.CloudWatch.Published("ChaosEngineering", "ErrorRate", new Dictionary<string, string> { ["ExperimentId"] = "EXP1" }));
        Assert.Equal((1.5, "Percent", Noon, true), (rate.Sum, rate.Unit, rate.At, rate.IsHighResolution));
        var latency = Assert.Single(_aws.CloudWatch.Published("ChaosEngineering", "Latency"));
        Assert.Equal((4, 50, 10, 20), (latency.Count, latency.Sum, latency.Minimum, latency.Maximum));
        var throughput = Assert.Single(_aws.CloudWatch.Published("ChaosEngineering", "Throughput"));
        Assert.Equal((2, 30, "Count/Second"), (throughput.Count, throughput.Sum, throughput.Unit));
        Assert.False(Assert.Single(_aws.Calls).Gzipped);
    }

    [Fact]
    public async Task A_body_of_more_than_a_kilobyte_is_packed()
    {
        await _cloudWatch.PutMetricDataAsync(Many(100), Token);

        var call = Assert.Single(_aws.Calls);
        Assert.True(call.Gzipped);
        Assert.True(call.BodyBytes < call.Input.ToJsonString().Length / 4);
        Assert.Equal(42, Assert.Single(_aws.CloudWatch.Published("Load", "metric-42")).Sum);
    }

    [Fact]
    public async Task Packing_follows_the_configuration()
    {
        using var never = _aws.CreateCloudWatch(config => config.DisableRequestCompression = true);
        using var seldom = _aws.CreateCloudWatch(config => config.RequestMinCompressionSizeBytes = 1024 * 1024);
        using var always = _aws.CreateCloudWatch(config => config.RequestMinCompressionSizeBytes = 0);

        await never.PutMetricDataAsync(Many(100), Token);
        await seldom.PutMetricDataAsync(Many(100), Token);
        await always.PutMetricDataAsync(Many(1), Token);

        Assert.Equal([false, false, true], _aws.Calls.Select(call => call.Gzipped));
    }

    [Fact]
    public async Task Metrics_are_listed_by_name_and_dimension_over_all_pages()
    {
        _aws.CloudWatch.MetricsPerPage = 2;
        await _cloudWatch.PutMetricDataAsync(Many(5), Token);
        _aws.CloudWatch.Put("AWS/ApplicationELB", "Errors", 1, dimensions: Shop);

        var all = await _cloudWatch.Paginators.ListMetrics(new()).Metrics.ToListAsync(Token);
        var some = (await _cloudWatch.ListMetricsAsync(new() { Dimensions = [new() { Name = "LoadBalancer" }], RecentlyActive = RecentlyActive.PT3H }, Token)).Metrics;

        Assert.Equal(6, all.Count);
        var metric = Assert.Single(some);
        Assert.Equal(("AWS/ApplicationELB", "Errors"), (metric.Namespace, metric.MetricName));
        Assert.Equal(("LoadBalancer", "app/shop/1"), (metric.Dimensions[0].Name, metric.Dimensions[0].Value));
    }

    [Fact]
    public async Task Alarms_show_their_state_and_their_history()
    {
        var arn = _aws.CloudWatch.AddAlarm("shop-errors", threshold: 5, dimensions: Shop);
        _aws.CloudWatch.AddAlarm("other");
        _aws.CloudWatch.AddCompositeAlarm("everything", "ALARM(shop-errors)");
        _time.Advance(TimeSpan.FromMinutes(1));
        _aws.CloudWatch.SetAlarm("shop-errors", "ALARM", "7 > 5");

        var alarm = Assert.Single((await _cloudWatch.DescribeAlarmsAsync(new() { StateValue = StateValue.ALARM }, Token)).MetricAlarms);
        var composite = Assert.Single((await _cloudWatch.DescribeAlarmsAsync(new() { AlarmTypes = ["CompositeAlarm"] }, Token)).CompositeAlarms);
        var all = await _cloudWatch.Paginators.DescribeAlarms(new() { MaxRecords = 1 }).MetricAlarms.ToListAsync(Token);
        var history = await _cloudWatch.Paginators.DescribeAlarmHistory(new() { AlarmName = "shop-errors", MaxRecords = 1 }).AlarmHistoryItems.ToListAsync(Token);

        Assert.Equal(arn, alarm.AlarmArn);
        Assert.Equal((5, 60, "7 > 5"), (alarm.Threshold, alarm.Period, alarm.StateReason));
        Assert.Equal(Statistic.Average, alarm.Statistic);
        Assert.Equal(ComparisonOperator.GreaterThanThreshold, alarm.ComparisonOperator);
        Assert.Equal(Noon.UtcDateTime.AddMinutes(1), alarm.StateUpdatedTimestamp);
        Assert.Equal("ALARM(shop-errors)", composite.AlarmRule);
        Assert.Equal(["other", "shop-errors"], all.Select(one => one.AlarmName));
        Assert.Equal([HistoryItemType.StateUpdate, HistoryItemType.ConfigurationUpdate], history.Select(item => item.HistoryItemType));
        Assert.Contains("INSUFFICIENT_DATA to ALARM", history[0].HistorySummary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_can_be_asked_for_without_a_request()
    {
        _aws.CloudWatch.AddAlarm("one");

        Assert.Single((await _cloudWatch.DescribeAlarmsAsync(Token)).MetricAlarms);
        Assert.Single((await _cloudWatch.DescribeAlarmHistoryAsync(Token)).AlarmHistoryItems);
        Assert.Empty((await _cloudWatch.ListMetricsAsync(Token)).Metrics);
    }

    private void Minute(int minute, double errors, double requests)
    {
        _aws.CloudWatch.Put("AWS/ApplicationELB", "Errors", errors, Noon.AddMinutes(minute), Shop);
        _aws.CloudWatch.Put("AWS/ApplicationELB", "Requests", requests, Noon.AddMinutes(minute), Shop);
    }

    private static MetricDataQuery Query(string id, string metric) => new()
    {
        Id = id,
        MetricStat = new()
        {
            Metric = new() { Namespace = "AWS/ApplicationELB", MetricName = metric, Dimensions = [new() { Name = "LoadBalancer", Value = "app/shop/1" }] },
            Period = 60,
            Stat = "Sum",
        },
    };

    private static GetMetricDataRequest Ask(List<MetricDataQuery> queries) =>
        new() { StartTime = Noon.UtcDateTime.AddMinutes(-10), EndTime = Noon.UtcDateTime, MetricDataQueries = queries };

    private static PutMetricDataRequest Many(int count) => new()
    {
        Namespace = "Load",
        MetricData = [.. Enumerable.Range(0, count).Select(i => new MetricDatum { MetricName = $"metric-{i}", Value = i, Unit = StandardUnit.Count })],
    };
}
