using OpsConsole.Embedded.Otlp;
using OpsConsole.Tests.Hosting;
using static OpsConsole.Tests.Embedded.Health.OtlpWorld;

namespace OpsConsole.Tests.Embedded.Health;

/// <summary>Whoever sends without end costs a bounded piece of memory and disturbs nobody else.</summary>
[Collection(nameof(Alone))]
public sealed class FloodTests
{
    private const long MiB = 1024 * 1024;

    private readonly OtlpWorld _world = new();

    [Fact]
    public async Task A_million_series_are_counted_as_refused_take_little_memory_and_leave_the_health_of_others_alone()
    {
        const int Batches = 100, PointsOfABatch = 10_000, Kept = 5_000;
        HistogramDataPoint[] points = [.. Enumerable.Range(0, PointsOfABatch).Select(_ => _world.Requests(1))];
        var flood = Cumulative(points);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var refused = 0L;
        for (var batch = 0; batch < Batches; batch++)
        {
            _world.Pass(0.5);
            for (var i = 0; i < points.Length; i++)
            {
                points[i].TimeUnixNano = _world.Now;
                points[i].Attributes[1].Value.StringValue = $"/{batch}/{i}";
            }

            refused += _world.Send("flood", "a", flood).Refused;
            _world.Send("shop", "a", Cumulative(_world.Requests(5 * (ulong)(batch + 1))));
            Assert.Equal(10, (await _world.ReadAsync()).Signs.Throughput!.Value, 6);
        }

        Assert.Equal((Batches * PointsOfABatch) - Kept, refused);
        var flooded = await _world.ReadAsync("flood");
        Assert.Contains($"{refused} points were refused lately. The service has more than {Kept} series.", flooded.Note, StringComparison.Ordinal);
        Assert.Null((await _world.ReadAsync()).Note);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * MiB);
    }

    [Fact]
    public async Task A_flood_of_services_leaves_room_to_those_that_are_known_and_to_new_ones_when_it_is_forgotten()
    {
        var world = new OtlpWorld(options => (options.MaxSeries, options.MaxSeriesInAll) = (100, 1_000));
        world.Pass();
        Assert.Equal(0, world.Send("shop", "a", Cumulative(world.Requests(5))).Refused);
        var refused = Enumerable.Range(0, 50).Sum(service => world.Send($"flood-{service}", "a", Flood(100)).Refused);
        Assert.Equal(5_000 - 999, refused);
        Assert.Contains("more than 1000 series in all", (await world.ReadAsync("flood-49")).Note, StringComparison.Ordinal);

        world.Pass();
        Assert.Equal(0, world.Send("shop", "a", Cumulative(world.Requests(9))).Refused);
        Assert.Equal(9, (await world.ReadAsync()).Requests);
        Assert.Equal(1, world.Send("new", "a", Cumulative(world.Requests(1))).Refused);

        world.Pass(601);
        Assert.Empty(await world.Source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, world.Send("new", "a", Cumulative(world.Requests(1))).Refused);
        Assert.Equal(0, world.Send("shop", "a", Flood(99)).Refused);
        Assert.Equal(0, world.Send("shop", "b", Flood(1)).Refused);
        Assert.Equal(1, world.Send("shop", "c", Flood(1)).Refused);

        world.Pass(61);
        Assert.Equal(0, world.Send("shop", "b", Flood(1)).Refused);
        Assert.Equal(0, world.Send("shop", "c", Flood(99)).Refused);

        Metric Flood(int series) => Cumulative([.. Enumerable.Range(0, series).Select(i => world.Requests(1, route: $"/{i}"))]);
    }

    [Fact]
    public async Task Long_attributes_tell_series_apart_without_being_kept()
    {
        const int Series = 100;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (ulong round = 1; round <= 2; round++)
        {
            _world.Pass();
            for (var i = 0; i < Series; i++)
            {
                Assert.Equal(0, _world.Send("shop", "a", Cumulative(_world.Requests(round, route: new string('x', 200_000) + i))).Refused);
            }
        }

        Assert.Equal(2 * Series, (await _world.ReadAsync()).Requests);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 * MiB);
    }

    [Fact]
    public async Task Bounds_without_end_are_merged_into_coarse_ones_and_percentiles_stay_true()
    {
        const int Points = 500, Buckets = 300;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _world.Pass();
        for (var i = 0; i < Points; i++)
        {
            // Evenly from 0 to 1 s, never with the same bounds.
            double[] bounds = [.. Enumerable.Range(1, Buckets - 1).Select(bucket => (bucket + (i / (Points + 1.0))) / Buckets)];
            var point = _world.Point([.. Enumerable.Repeat(1UL, Buckets - 1), 0], bounds, 150, ("http.route", $"/{i}"));
            Assert.Equal(0, _world.Send("shop", "a", Cumulative(point)).Refused);
        }

        var signs = (await _world.ReadAsync()).Signs;
        Assert.InRange(signs.LatencyP50!.Value, 400, 600);
        Assert.InRange(signs.LatencyP99!.Value, 900, 1_100);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * MiB);
    }
}
