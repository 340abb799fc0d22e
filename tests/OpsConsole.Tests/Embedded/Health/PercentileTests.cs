using CsCheck;
using OpsConsole.Embedded;

namespace OpsConsole.Tests.Embedded.Health;

public sealed class PercentileTests
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    [Fact]
    public void A_percentile_of_merged_instances_lies_in_the_bucket_of_the_true_one() =>
        Gen.Double[0.0001, 9.99].Array[1, 60].Array[1, 4].Sample(instances =>
        {
            var merged = new LatencyBuckets();
            foreach (var values in instances)
            {
                var own = new LatencyBuckets();
                Explicit(values, Bounds).AddTo(own, 1000);
                merged.Add(own);
            }

            var raw = instances.SelectMany(values => values).Order().ToArray();
            return new[] { 0.5, 0.95, 0.99 }.All(share =>
            {
                var truth = raw[(int)Math.Ceiling(share * raw.Length) - 1];
                var bucket = Array.FindIndex(Bounds, bound => truth <= bound);
                var lower = (bucket == 0 ? 0 : Bounds[bucket - 1]) * 1000;
                var found = merged.Percentile(share)!.Value;
                return found >= lower - 1e-6 && found <= (Bounds[bucket] * 1000) + 1e-6;
            });
        });

    [Fact]
    public void An_exponential_histogram_is_as_exact_as_its_base() =>
        Gen.Select(Gen.Double[0.001, 10].Array[1, 60], Gen.Double[0.001, 10].Array[1, 60], Gen.Int[1, 6]).Sample((first, second, scale) =>
        {
            // The series gets coarser between its two points, as it does when wider values come.
            var before = Exponential(first, scale + 2, 1, 100);
            var after = Exponential([.. first, .. second], scale, 1, 200);
            var buckets = new LatencyBuckets();
            after.Since(before)!.AddTo(buckets, 1);
            var truth = second.Order().ElementAt((int)Math.Ceiling(0.95 * second.Length) - 1);
            var width = Math.Pow(2, Math.Pow(2, -scale)) * 1.000001;
            return buckets.Count == second.Length && buckets.Percentile(0.95) is { } found && found <= truth * width && found >= truth / width;
        });

    [Fact]
    public void Within_a_bucket_it_is_interpolated_evenly()
    {
        var buckets = new LatencyBuckets();
        new ExplicitDurations(0, 1, 10, null, null, [0.1, 0.2], [5, 5, 0]).AddTo(buckets, 1000);
        Assert.Equal(100, buckets.Percentile(0.5)!.Value, 6);
        Assert.Equal(190, buckets.Percentile(0.95)!.Value, 6);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData(3.5, 3500)]
    public void Beyond_the_last_bound_the_largest_value_answers_if_it_is_known(double? max, double expected)
    {
        var buckets = new LatencyBuckets();
        new ExplicitDurations(0, 1, 10, null, max, [0.1, 0.2], [5, 0, 5]).AddTo(buckets, 1000);
        Assert.Equal(expected, buckets.Percentile(0.95)!.Value, 6);
    }

    [Fact]
    public void Instances_with_different_bounds_are_merged_too()
    {
        var buckets = new LatencyBuckets();
        buckets.Add(0, 100, 50);
        buckets.Add(0, 200, 50);
        Assert.Equal(200.0 / 3, buckets.Percentile(0.5)!.Value, 6);
    }

    [Fact]
    public async Task A_slow_instance_shows_in_the_percentile_of_the_service()
    {
        var world = new OtlpWorld();
        world.Pass();
        world.Send("shop", "a", OtlpWorld.Cumulative(world.Point([90, 0, 0], [0.1, 1], 4)));
        world.Send("shop", "b", OtlpWorld.Cumulative(world.Point([0, 10, 0], [0.1, 1], 8)));
        Assert.Equal(550, (await world.ReadAsync()).Signs.LatencyP95!.Value, 6);
    }

    private static ExplicitDurations Explicit(double[] values, double[] bounds)
    {
        var counts = new long[bounds.Length + 1];
        foreach (var value in values)
        {
            var bucket = Array.FindIndex(bounds, bound => value <= bound);
            counts[bucket < 0 ? bounds.Length : bucket]++;
        }

        return new(0, 1, values.Length, values.Sum(), null, bounds, counts);
    }

    private static ExponentialDurations Exponential(double[] values, int scale, ulong start, ulong time)
    {
        int Index(double value) => (int)Math.Ceiling(Math.Log2(value) * Math.Pow(2, scale)) - 1;
        var offset = values.Min(Index);
        var counts = new long[values.Max(Index) - offset + 1];
        foreach (var value in values)
        {
            counts[Index(value) - offset]++;
        }

        return new(start, time, values.Length, values.Sum(), null, scale, 0, offset, counts);
    }
}
