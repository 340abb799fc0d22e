using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace OpsConsole.Core.Health;

/// <summary>One sign over a window, cut into buckets so that its peaks survive. <c>NaN</c> marks a bucket without evidence: a gap.</summary>
/// <param name="Sign">Which sign.</param>
/// <param name="Min">The smallest value of each bucket.</param>
/// <param name="Max">The largest value of each bucket.</param>
/// <param name="Mean">The mean value of each bucket.</param>
public sealed record HistorySeries(VitalSign Sign, float[] Min, float[] Max, float[] Mean);

/// <summary>A service's signs over a window.</summary>
/// <param name="Service">The service's name.</param>
/// <param name="From">The start of the first bucket.</param>
/// <param name="Step">The width of a bucket; a whole number of seconds.</param>
/// <param name="Count">How many buckets there are.</param>
/// <param name="Series">One series a sign, in the order of <see cref="VitalSign"/>.</param>
public sealed record HistoryWindow(
    string Service, DateTimeOffset From, TimeSpan Step, int Count, ImmutableArray<HistorySeries> Series);

/// <summary>The signs of a period that is over.</summary>
/// <param name="At">The end of the period.</param>
/// <param name="Signs">The signs.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PastSigns(DateTimeOffset At, VitalSigns Signs);

/// <summary>What the vital signs were: every second of the last 24 hours, every minute of the last 30 days.</summary>
public interface IHealthHistory
{
    /// <summary>The highest <see cref="HealthSnapshot.Sequence"/> that was kept, or 0. Known after the history was opened.</summary>
    long LastSequence { get; }

    /// <summary>Keeps a look. Returns at once; writing to disk happens behind it.</summary>
    /// <param name="snapshot">The look. Only samples that are evidence and newer than the last kept one are recorded.</param>
    void Record(HealthSnapshot snapshot);

    /// <summary>Keeps what was measured before anybody looked. Returns at once; what is kept already stays.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="period">The period for which each set of signs stands.</param>
    /// <param name="past">The signs, oldest first. What is older than is kept, or lies in the future, is left out.</param>
    void Fill(string service, TimeSpan period, IReadOnlyList<PastSigns> past);

    /// <summary>The services that have a history, by name.</summary>
    IReadOnlyCollection<string> Services { get; }

    /// <summary>A service's signs over a window, or <see langword="null"/> if nothing was ever known of the service.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="from">The start, inclusive.</param>
    /// <param name="to">The end, exclusive; after <paramref name="from"/>.</param>
    /// <param name="points">How many buckets at most, 1 to 5000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<HistoryWindow?> ReadAsync(
        string service, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken);
}
