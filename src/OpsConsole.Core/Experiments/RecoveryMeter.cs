using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>
/// Measures how long a service takes to come back. The clock starts when the faults are proven gone. A sample is back when its error rate
/// and its p95 latency are no higher than the baseline plus the band; better than the baseline is back, too. The service has recovered
/// when <see cref="InARow"/> samples in a row are back; the time counts to the first of them.
/// </summary>
/// <remarks>
/// The band is 10 % of the baseline, but never less than <see cref="LatencyFloor"/> and <see cref="ErrorRateFloor"/> or one failed request:
/// at a baseline of 0 % a single failed request out of forty would otherwise keep a service from ever being back. A row does not
/// reach over a time in which nobody watched, and the patience does not run meanwhile.
/// </remarks>
/// <param name="baseline">The signs before the faults; without them nothing can be measured.</param>
/// <param name="startedAt">When the faults were proven gone.</param>
/// <param name="gaps">The times in which nobody watched, oldest first.</param>
public sealed class RecoveryMeter(SteadyState? baseline, DateTimeOffset startedAt, ImmutableArray<EvidenceGap> gaps)
{
    /// <summary>The band over the baseline, as a share of it.</summary>
    public const double Band = 0.10;

    /// <summary>The least band of latency, in milliseconds.</summary>
    public const double LatencyFloor = 20;

    /// <summary>The least band of the error rate, in percentage points.</summary>
    public const double ErrorRateFloor = 1;

    /// <summary>How many samples in a row must be back.</summary>
    public const int InARow = 3;

    private readonly List<Sample> _back = [];
    private DateTimeOffset? _last;

    /// <summary>How long it is waited at most.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    /// <summary>From the start of the clock to the first sample of the row; <see langword="null"/> while it is not recovered.</summary>
    public TimeSpan? Onset { get; private set; }

    /// <summary>From the start of the clock to the sample that confirmed it; <see langword="null"/> while it is not recovered.</summary>
    public TimeSpan? Confirmation { get; private set; }

    /// <summary>Whether it was back already when it was watched again, so that <see cref="Onset"/> is an upper bound.</summary>
    public bool OnsetIsUpperBound { get; private set; }

    /// <summary>The samples since the onset that are back.</summary>
    public IReadOnlyList<Sample> Back => _back;

    /// <summary>Whether there is a baseline to come back to.</summary>
    public bool CanMeasure => baseline is not null;

    /// <summary>Whether the patience has run out.</summary>
    /// <param name="now">The time.</param>
    public bool GivesUp(DateTimeOffset now) => now - startedAt - Unwatched(startedAt, now) >= Patience;

    /// <summary>Looks at a new sample.</summary>
    /// <param name="sample">A fresh sample, measured after the last one.</param>
    public void Look(Sample sample)
    {
        if (baseline is null || sample.At is not { } at || at <= startedAt)
        {
            return;
        }

        var unwatched = Unwatched(_last ?? startedAt, at) > TimeSpan.Zero;
        _last = at;
        if (unwatched && Confirmation is null)
        {
            _back.Clear();
        }

        if (!IsBack(sample))
        {
            if (Confirmation is null)
            {
                _back.Clear();
            }

            return;
        }

        if (Confirmation is null && _back.Count == 0)
        {
            OnsetIsUpperBound = unwatched;
        }

        _back.Add(sample);
        if (Confirmation is null && _back.Count == InARow)
        {
            Onset = _back[0].At!.Value - startedAt;
            Confirmation = at - startedAt;
        }
    }

    /// <summary>Whether a sample is no worse than the baseline plus the band.</summary>
    /// <param name="sample">The sample.</param>
    public bool IsBack(Sample sample)
    {
        if (baseline is null)
        {
            return false;
        }

        var oneRequest = sample.Requests > 0 ? 100.0 / sample.Requests : 0;
        return IsBack(VitalSign.ErrorRate, sample, Math.Max(ErrorRateFloor, oneRequest))
            && IsBack(VitalSign.LatencyP95, sample, LatencyFloor);
    }

    private TimeSpan Unwatched(DateTimeOffset from, DateTimeOffset to)
    {
        var unwatched = TimeSpan.Zero;
        foreach (var gap in gaps)
        {
            var start = gap.From > from ? gap.From : from;
            var end = gap.To < to ? gap.To : to;
            unwatched += end > start ? end - start : TimeSpan.Zero;
        }

        return unwatched;
    }

    private bool IsBack(VitalSign sign, Sample sample, double floor)
    {
        if (baseline!.Signs[sign] is not { } before)
        {
            return true;
        }

        return sample.Signs[sign] is { } now
            ? now <= before + Math.Max(Band * before, floor)
            : sign == VitalSign.ErrorRate && sample.Requests == 0;
    }
}
