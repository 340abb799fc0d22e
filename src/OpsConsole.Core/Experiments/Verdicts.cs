using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>A verdict and the sentence that says why.</summary>
/// <param name="Verdict">The outcome about the system.</param>
/// <param name="Why">Why.</param>
public sealed record Judgement(Verdict Verdict, string Why);

/// <summary>
/// Holds the samples during the faults against those before. Degraded when the 95 % interval of the rise lies wholly over the margin,
/// Tolerated when it lies wholly under it, else Inconclusive. Latency is compared by ranks of the samples, errors by their counts.
/// </summary>
public static class Verdicts
{
    /// <summary>The rise that is tolerated, as a share of the baseline.</summary>
    public const double Margin = 0.10;

    /// <summary>The least tolerated rise of latency in milliseconds, so that 2 ms over a baseline of 5 ms is no degradation.</summary>
    public const double LatencyFloor = 10;

    /// <summary>The least tolerated rise of the error rate in percentage points, since 10 % of no errors is nothing.</summary>
    public const double ErrorRateFloor = 1;

    /// <summary>How many samples each side needs.</summary>
    public const int MinSamples = 5;

    /// <summary>Judges a run.</summary>
    /// <param name="before">The samples before the faults.</param>
    /// <param name="during">The samples during the faults.</param>
    /// <param name="trippedSafeguard">The safeguard that tripped, in words, if one did.</param>
    public static Judgement Judge(IReadOnlyCollection<Sample> before, IReadOnlyCollection<Sample> during, string? trippedSafeguard)
    {
        if (trippedSafeguard is not null)
        {
            return new(Verdict.Degraded, $"A safeguard tripped: {trippedSafeguard}.");
        }

        if (before.Count < MinSamples || during.Count < MinSamples)
        {
            return new(
                Verdict.Inconclusive,
                $"Too little evidence: {before.Count} samples before and {during.Count} during the faults; each needs {MinSamples}.");
        }

        Judgement[] judgements = [JudgeErrors(before, during), JudgeLatency(before, during)];
        var verdict =
            judgements.Any(part => part.Verdict == Verdict.Degraded) ? Verdict.Degraded
            : judgements.All(part => part.Verdict == Verdict.Tolerated) ? Verdict.Tolerated
            : Verdict.Inconclusive;
        return new(verdict, string.Join(" ", judgements.Select(part => part.Why)));
    }

    private static Judgement JudgeLatency(IReadOnlyCollection<Sample> before, IReadOnlyCollection<Sample> during)
    {
        var earlier = Latencies(before);
        var later = Latencies(during);
        if (earlier.Length < MinSamples || later.Length < MinSamples)
        {
            return new(Verdict.Inconclusive, "There is too little evidence of latency to compare.");
        }

        var baseline = Statistics.MedianOfSorted(earlier);
        var margin = Math.Max(Margin * baseline, LatencyFloor);
        var rise = Statistics.Shift(earlier, later);
        return Decide(rise, margin, "p95 latency", "ms", "F0", $"from {baseline:F0} ms");
    }

    private static Judgement JudgeErrors(IReadOnlyCollection<Sample> before, IReadOnlyCollection<Sample> during)
    {
        var requestsBefore = before.Sum(sample => sample.Requests);
        var requestsDuring = during.Sum(sample => sample.Requests);
        if (requestsBefore == 0 || requestsDuring == 0)
        {
            return new(Verdict.Inconclusive, "There were too few requests to compare errors.");
        }

        var rise = Statistics.Rise(
            Math.Min(before.Sum(sample => sample.Errors), requestsBefore),
            requestsBefore,
            Math.Min(during.Sum(sample => sample.Errors), requestsDuring),
            requestsDuring);
        var baseline = 100.0 * before.Sum(sample => sample.Errors) / requestsBefore;
        var margin = Math.Max(Margin * baseline, ErrorRateFloor);
        return Decide(
            new Interval(rise.Low * 100, rise.Estimate * 100, rise.High * 100),
            margin,
            "Error rate",
            "points",
            "F1",
            $"from {baseline:F1} %");
    }

    private static Judgement Decide(Interval rise, double margin, string what, string unit, string format, string from)
    {
        var change = $"{what} changed by {Signed(rise.Estimate, format)} {unit} {from}"
            + $" (95 %: {Signed(rise.Low, format)} to {Signed(rise.High, format)})";
        var limit = $"the margin of {margin.ToString(format)} {unit}";
        return rise.Low > margin ? new(Verdict.Degraded, $"{change}, over {limit}.")
            : rise.High < margin ? new(Verdict.Tolerated, $"{change}, within {limit}.")
            : new(Verdict.Inconclusive, $"{change}, not clearly under or over {limit}; a longer run would tell.");
    }

    private static string Signed(double value, string format) => (value < 0 ? "−" : "+") + Math.Abs(value).ToString(format);

    private static double[] Latencies(IReadOnlyCollection<Sample> samples) =>
        [.. samples.Where(sample => sample.Signs.LatencyP95 is not null).Select(sample => sample.Signs.LatencyP95!.Value).Order()];
}
