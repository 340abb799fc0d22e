namespace OpsConsole.Embedded;

/// <summary>A point of a histogram of durations, as sent; the sum and the bounds in the unit as sent.</summary>
internal abstract record DurationPoint(ulong Start, ulong Time, long Count, double? Sum, double? Max)
{
    /// <summary>What came to it since an earlier point of the same cumulative series; <see langword="null"/> if the series began anew.</summary>
    public DurationPoint? Since(DurationPoint earlier)
    {
        if (Start != earlier.Start || Count < earlier.Count || CountsSince(earlier) is not { } difference)
        {
            return null;
        }

        // The largest value is that of the whole series; it belongs to this interval only if it rose in it.
        return difference with
        {
            Start = earlier.Time,
            Count = Count - earlier.Count,
            Sum = Sum is { } now && earlier.Sum is { } before ? Math.Max(0, now - before) : null,
            Max = Max > earlier.Max ? Max : null,
        };
    }

    /// <summary>Adds the counts to a distribution in milliseconds.</summary>
    /// <param name="buckets">The distribution.</param>
    /// <param name="scale">Milliseconds in one unit.</param>
    public abstract void AddTo(LatencyBuckets buckets, double scale);

    protected abstract DurationPoint? CountsSince(DurationPoint earlier);

    protected static long[]? Subtract(long[] now, long[] before)
    {
        var difference = new long[now.Length];
        for (var i = 0; i < now.Length; i++)
        {
            difference[i] = now[i] - before[i];
            if (difference[i] < 0)
            {
                return null;
            }
        }

        return difference;
    }
}

/// <summary>Counts between given bounds; the last bucket has no upper bound.</summary>
internal sealed record ExplicitDurations(
    ulong Start, ulong Time, long Count, double? Sum, double? Max, double[] Bounds, long[] Counts)
    : DurationPoint(Start, Time, Count, Sum, Max)
{
    public override void AddTo(LatencyBuckets buckets, double scale)
    {
        for (var i = 0; i < Counts.Length && Bounds.Length > 0; i++)
        {
            if (i == Bounds.Length)
            {
                var last = Bounds[^1] * scale;
                var largest = Max is { } max ? Math.Max(last, max * scale) : last;
                buckets.Add(largest, largest, Counts[i]);
            }
            else
            {
                var lower = i == 0 ? Math.Min(0, Bounds[0]) : Bounds[i - 1];
                buckets.Add(lower * scale, Bounds[i] * scale, Counts[i]);
            }
        }
    }

    protected override DurationPoint? CountsSince(DurationPoint earlier) =>
        earlier is ExplicitDurations before && before.Bounds.AsSpan().SequenceEqual(Bounds)
            && Subtract(Counts, before.Counts) is { } counts
            ? this with { Counts = counts }
            : null;
}

/// <summary>Counts between the powers of a base: bucket <c>i</c> lies over <c>base^i</c> up to <c>base^(i+1)</c>, base = 2^(2^-scale).</summary>
internal sealed record ExponentialDurations(
    ulong Start, ulong Time, long Count, double? Sum, double? Max, int Scale, long Zeros, int Offset, long[] Counts)
    : DurationPoint(Start, Time, Count, Sum, Max)
{
    public static double Bound(int scale, long index) => Math.Pow(2, index * Math.Pow(2, -scale));

    public override void AddTo(LatencyBuckets buckets, double scale)
    {
        buckets.Add(0, 0, Zeros);
        for (var i = 0; i < Counts.Length; i++)
        {
            buckets.Add(Bound(Scale, Offset + i) * scale, Bound(Scale, Offset + i + 1) * scale, Counts[i]);
        }
    }

    protected override DurationPoint? CountsSince(DurationPoint earlier)
    {
        // A histogram that has to hold wider values gets coarser, never finer.
        if (earlier is not ExponentialDurations before || before.Scale < Scale || Zeros < before.Zeros)
        {
            return null;
        }

        var shift = before.Scale - Scale;
        var counts = (long[])Counts.Clone();
        for (var i = 0; i < before.Counts.Length; i++)
        {
            var index = ((before.Offset + i) >> shift) - Offset;
            if (before.Counts[i] == 0)
            {
                continue;
            }

            if (index < 0 || index >= counts.Length || (counts[index] -= before.Counts[i]) < 0)
            {
                return null;
            }
        }

        return this with { Counts = counts, Zeros = Zeros - before.Zeros };
    }
}
