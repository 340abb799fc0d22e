using OpsConsole.Embedded.Otlp;
using static OpsConsole.Tests.Embedded.Health.OtlpWorld;

namespace OpsConsole.Tests.Embedded.Health;

public sealed class HostileOtlpTests
{
    private static readonly Dictionary<string, Action<HistogramDataPoint>> Breakages = new(StringComparer.Ordinal)
    {
        { "sum is not a number", point => point.Sum = double.NaN },
        { "sum is infinite", point => point.Sum = double.PositiveInfinity },
        { "bound is infinite", point => point.ExplicitBounds[1] = double.PositiveInfinity },
        { "bound is not a number", point => point.ExplicitBounds[0] = double.NaN },
        { "sum is beyond all durations", point => point.Sum = 1e306 },
        { "largest is beyond all durations", point => point.Max = 1e306 },
        { "bound is beyond all durations", point => point.ExplicitBounds[1] = 1e306 },
        { "bounds fall", point => point.ExplicitBounds[1] = 0.05 },
        { "counts are more than the count", point => point.BucketCounts[0] = ulong.MaxValue },
        { "counts are less than the count", point => point.Count++ },
        { "count overflows", point => point.Count = ulong.MaxValue },
        { "bucket is missing", point => point.BucketCounts.RemoveAt(2) },
        { "too old", point => point.TimeUnixNano = point.StartTimeUnixNano = point.TimeUnixNano - 301_000_000_000 },
        { "without a time", point => point.TimeUnixNano = point.StartTimeUnixNano = 0 },
        { "in the future", point => point.TimeUnixNano += 61_000_000_000 },
        { "at the end of time", point => point.TimeUnixNano = ulong.MaxValue },
        { "ends before it starts", point => point.StartTimeUnixNano = point.TimeUnixNano + 1 },
        { "too many attributes", point => point.Attributes.Add(Enumerable.Range(0, 65).Select(i => Attribute($"k{i}", "v"))) },
    };

    public static TheoryData<string> Broken => [.. Breakages.Keys];

    private readonly OtlpWorld _world = new();

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_point_is_refused_and_the_good_one_beside_it_counts(string what)
    {
        _world.Pass();
        var broken = _world.Requests(1000, 500);
        Breakages[what](broken);
        var (refused, problem) = _world.Send("shop", "a", Cumulative(broken, _world.Requests(5)));
        var reading = await _world.ReadAsync();
        Assert.True(refused == 1, what);
        Assert.NotNull(problem);
        Assert.Equal(5, reading.Requests);
        Assert.Contains("1 points were refused", reading.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    public async Task A_gauge_that_is_no_measurement_is_refused(double value)
    {
        _world.Pass();
        Assert.Equal(1, _world.Send("shop", "a", _world.Gauge("process.cpu.utilization", value)).Refused);
        Assert.Null((await _world.ReadAsync()).Signs.CpuUtilization);
    }

    [Fact]
    public async Task A_name_without_end_is_refused()
    {
        _world.Pass();
        var metric = Cumulative(_world.Requests(1));
        Assert.Equal(1, _world.Send(new string('x', 257), "a", metric).Refused);
        Assert.Equal(1, _world.Send("shop", new string('x', 257), metric).Refused);
        Assert.Empty(await _world.Source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_flood_of_series_is_cut_off_at_the_limit()
    {
        var world = new OtlpWorld(options => options.MaxSeries = 1000);
        for (var batch = 0; batch < 20; batch++)
        {
            world.Pass(0.01);
            var points = Enumerable.Range(0, 10_000).Select(i => world.Requests(1, route: $"/{batch}/{i}")).ToArray();
            Assert.Equal(batch == 0 ? 9_000 : 10_000, world.Send("shop", "a", Cumulative(points)).Refused);
        }

        Assert.Contains("more than 1000 series", (await world.ReadAsync()).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_and_instances_are_cut_off_at_the_limit()
    {
        var world = new OtlpWorld(options => (options.MaxServices, options.MaxInstances) = (2, 2));
        world.Pass();
        var metric = Cumulative(world.Requests(1));
        Assert.Equal(0, world.Send("shop", "a", metric).Refused);
        Assert.Equal(0, world.Send("shop", "b", metric).Refused);
        Assert.Equal(1, world.Send("shop", "c", metric).Refused);
        Assert.Equal(0, world.Send("cart", "a", metric).Refused);
        Assert.Equal(1, world.Send("rogue", "a", metric).Refused);
        Assert.Equal(2, (await world.Source.ReadAsync(TestContext.Current.CancellationToken)).Count);
    }

    [Theory]
    [InlineData(-11, 0)]
    [InlineData(-10, 2)]
    [InlineData(20, int.MaxValue)]
    public void Exponential_buckets_beyond_all_numbers_are_refused(int scale, int offset)
    {
        _world.Pass();
        var point = new ExponentialHistogramDataPoint
        {
            StartTimeUnixNano = _world.Start,
            TimeUnixNano = _world.Now,
            Count = 1,
            Scale = scale,
            Positive = new() { Offset = offset, BucketCounts = { 1 } },
        };
        var metric = new Metric
        {
            Name = "http.server.request.duration",
            ExponentialHistogram = new() { AggregationTemporality = AggregationTemporality.Cumulative, DataPoints = { point } },
        };
        Assert.Equal(1, _world.Send("shop", "a", metric).Refused);
    }
}
