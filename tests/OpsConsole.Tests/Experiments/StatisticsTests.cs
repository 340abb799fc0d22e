using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;

namespace OpsConsole.Tests.Experiments;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void Newcombes_own_examples_come_out(int hitsOne, int triesOne, int hitsTwo, int triesTwo, double low, double high)
    {
        var interval = Statistics.Rise(hitsTwo, triesTwo, hitsOne, triesOne);
        Assert.Equal(low, interval.Low, 0.00006);
        Assert.Equal(high, interval.High, 0.00006);
    }

    [Fact]
    public void Wilsons_interval_of_81_in_263_is_as_published()
    {
        var interval = Statistics.Wilson(81, 263);
        Assert.Equal(0.2553, interval.Low, 0.00006);
        Assert.Equal(0.3662, interval.High, 0.00006);
    }

    [Fact]
    public void The_shift_is_the_median_of_all_differences()
    {
        var shift = Statistics.Shift([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]);
        Assert.Equal(10, shift.Estimate);
        Assert.Equal(7, shift.Low);
        Assert.Equal(13, shift.High);
    }

    [Fact]
    public void A_true_doubling_is_nearly_always_found_and_a_healthy_run_nearly_never_blamed()
    {
        var random = new Random(20260304);
        const int Rounds = 2000;
        var found = 0;
        var blamed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var before = Noisy(random, 100, 12);
            found += Verdicts.Judge(before, Noisy(random, 200, 12), null).Verdict == Verdict.Degraded ? 1 : 0;
            blamed += Verdicts.Judge(before, Noisy(random, 100, 12), null).Verdict == Verdict.Degraded ? 1 : 0;
        }

        Assert.InRange(found / (double)Rounds, 0.95, 1);
        Assert.InRange(blamed / (double)Rounds, 0, 0.03);
    }

    [Fact]
    public void A_long_healthy_run_is_tolerated()
    {
        var random = new Random(7);
        var verdict = Verdicts.Judge(Noisy(random, 100, 60, noise: 0.1), Noisy(random, 100, 60, noise: 0.1), null);
        Assert.Equal(Verdict.Tolerated, verdict.Verdict);
    }

    [Fact]
    public void Errors_are_judged_by_their_counts()
    {
        var before = Constant(20, latency: 50, requests: 40, errors: 0);
        Assert.Equal(Verdict.Degraded, Verdicts.Judge(before, Constant(20, 50, 40, 4), null).Verdict);
        Assert.Equal(Verdict.Tolerated, Verdicts.Judge(before, Constant(20, 50, 40, 0), null).Verdict);
        Assert.Equal(Verdict.Inconclusive, Verdicts.Judge(Constant(5, 50, 4, 0), Constant(5, 50, 4, 0), null).Verdict);
    }

    [Theory]
    [InlineData(4, 60)]
    [InlineData(60, 4)]
    [InlineData(0, 0)]
    public void Too_few_samples_on_a_side_are_inconclusive(int before, int during)
    {
        var verdict = Verdicts.Judge(Constant(before, 50, 40, 0), Constant(during, 500, 40, 0), null);
        Assert.Equal(Verdict.Inconclusive, verdict.Verdict);
        Assert.Contains($"{before} samples before and {during} during", verdict.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tripped_safeguard_is_degraded_whatever_the_samples_say()
    {
        var verdict = Verdicts.Judge([], [], "error rate 30.0 % > 20.0 %");
        Assert.Equal((Verdict.Degraded, "A safeguard tripped: error rate 30.0 % > 20.0 %."), (verdict.Verdict, verdict.Why));
    }

    internal static List<Sample> Constant(int count, double latency, long requests, long errors) =>
        [.. Enumerable.Range(0, count).Select(second => Sample(second, latency, requests, errors))];

    internal static Sample Sample(double second, double? latency, long requests = 40, long errors = 0) => new()
    {
        Service = "storefront",
        Environment = "test",
        At = new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero).AddSeconds(second),
        Freshness = Freshness.Fresh,
        Signs = new(ErrorRate: requests == 0 ? null : 100.0 * errors / requests, LatencyP95: latency),
        Requests = requests,
        Errors = errors,
    };

    private static List<Sample> Noisy(Random random, double latency, int count, double noise = 0.25)
    {
        var samples = new List<Sample>(count);
        var drift = 0.0;
        for (var second = 0; second < count; second++)
        {
            drift = (0.3 * drift) + (Math.Sqrt(1 - (0.3 * 0.3)) * Normal(random));
            samples.Add(Sample(second, Math.Max(1, latency * (1 + (noise * drift)))));
        }

        return samples;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
