using System.Globalization;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>
/// One service at one look, as a viewer gets it. <see cref="At"/> is the time of the look; the evidence is <see cref="AgeSeconds"/> older and
/// stands for the <see cref="PeriodSeconds"/> before that.
/// A sign that is <see langword="null"/> is absent. <see cref="Instances"/> counts those that may still be believed.
/// </summary>
internal sealed record Frame(
    long Sequence,
    string At,
    string Service,
    string Environment,
    string Freshness,
    float? AgeSeconds,
    float PeriodSeconds,
    float? ErrorRate,
    float? LatencyMean,
    float? LatencyP50,
    float? LatencyP95,
    float? LatencyP99,
    float? Throughput,
    float? CpuUtilization,
    float? ActiveConnections,
    int Instances)
{
    public static Frame From(HealthSnapshot snapshot, Sample sample)
    {
        var signs = sample.Signs;
        return new(
            snapshot.Sequence,
            WireTime.Write(snapshot.At),
            sample.Service,
            sample.Environment,
            sample.Freshness.ToString(),
            (float?)sample.Age?.TotalSeconds,
            (float)sample.Period.TotalSeconds,
            (float?)signs.ErrorRate,
            (float?)signs.LatencyMean,
            (float?)signs.LatencyP50,
            (float?)signs.LatencyP95,
            (float?)signs.LatencyP99,
            (float?)signs.Throughput,
            (float?)signs.CpuUtilization,
            (float?)signs.ActiveConnections,
            sample.Instances.Count(instance => instance.Freshness is Core.Health.Freshness.Fresh or Core.Health.Freshness.Late));
    }
}

/// <summary>What stands in the header of every page. <see cref="StoreProblem"/> is empty while the store is well, or has not been ill for long.</summary>
internal sealed record ConsoleStatus(
    string At, int FlagsShed, int ActiveRuns, bool LeverEngaged, string LeverActor, string LeverReason, string StoreProblem, long TimelineSequence);

/// <summary>The answer to <c>Watch</c>: how things are now. <see cref="Slice"/> is the group in which the viewer's frames leave.</summary>
internal sealed record WatchAnswer(long Sequence, string At, IReadOnlyList<Frame> Services, ConsoleStatus Status, int Slice);

/// <summary>How times are written for viewers.</summary>
internal static class WireTime
{
    public static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
