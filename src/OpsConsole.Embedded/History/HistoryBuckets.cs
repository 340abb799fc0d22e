using OpsConsole.Core.Health;

namespace OpsConsole.Embedded.History;

/// <summary>
/// A window cut into buckets. They begin at multiples of their width since 1970, so that a window that slides shows the same buckets
/// with the same peaks.
/// </summary>
internal sealed class HistoryBuckets
{
    private readonly Summary[][] _signs = new Summary[HourBlock.SignCount][];

    public HistoryBuckets(DateTimeOffset from, DateTimeOffset to, int points, int resolution)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        if (points is < 1 or > 5000)
        {
            throw new ArgumentOutOfRangeException(nameof(points), points, "Ask for 1 to 5000 points.");
        }

        var first = Ceiling(from);
        End = Math.Max(Ceiling(to), first + 1);
        Step = resolution * Math.Max(1, DivideUp(DivideUp(End - first, points), resolution));
        while (DivideUp(End - Floor(first, Step), Step) > points)
        {
            if (points == 1)
            {
                Step = End - first;
                break;
            }

            Step += resolution * Math.Max(1, Step / resolution / 64);
        }

        Start = points == 1 ? first : Floor(first, Step);
        Count = (int)DivideUp(End - Start, Step);
        for (var sign = 0; sign < _signs.Length; sign++)
        {
            _signs[sign] = new Summary[Count];
            Array.Fill(_signs[sign], Summary.None);
        }
    }

    /// <summary>The first second, since 1970.</summary>
    public long Start { get; }

    /// <summary>The second behind the last one.</summary>
    public long End { get; }

    /// <summary>The width of a bucket in seconds.</summary>
    public long Step { get; }

    public int Count { get; }

    public void Add(long hour, HourBlock block)
    {
        var origin = hour * HourBlock.Seconds;
        var from = Math.Max(Start, origin);
        var to = Math.Min(End, origin + HourBlock.Seconds);
        for (var sign = 0; sign < _signs.Length; sign++)
        {
            var values = block[sign];
            if (values.IsEmpty)
            {
                continue;
            }

            var buckets = _signs[sign];
            for (var second = from; second < to;)
            {
                var bucket = (second - Start) / Step;
                var end = Math.Min(Start + ((bucket + 1) * Step), to);
                buckets[bucket] += Summary.Of(values[(int)(second - origin)..(int)(end - origin)]);
                second = end;
            }
        }
    }

    public void Add(long hour, MinuteBlock block)
    {
        var origin = hour * HourBlock.Seconds;
        for (var sign = 0; sign < _signs.Length; sign++)
        {
            var (min, max, mean, count) = (block.Min(sign), block.Max(sign), block.Mean(sign), block.Count(sign));
            for (var minute = 0; minute < MinuteBlock.Minutes; minute++)
            {
                var second = origin + (minute * 60);
                if (second >= Start && second < End && count[minute] > 0)
                {
                    _signs[sign][(second - Start) / Step] += new Summary(
                        min[minute], max[minute], mean[minute] * (double)count[minute], (int)count[minute]);
                }
            }
        }
    }

    public HistoryWindow ToWindow(string service) => new(
        service,
        DateTimeOffset.FromUnixTimeSeconds(Start),
        TimeSpan.FromSeconds(Step),
        Count,
        [.. VitalSignCatalog.All.Select(info => ToSeries(info.Sign))]);

    private HistorySeries ToSeries(VitalSign sign)
    {
        var (min, max, mean) = (new float[Count], new float[Count], new float[Count]);
        var buckets = _signs[(int)sign];
        for (var index = 0; index < Count; index++)
        {
            var bucket = buckets[index];
            (min[index], max[index], mean[index]) = bucket.Count == 0
                ? (float.NaN, float.NaN, float.NaN)
                : (bucket.Min, bucket.Max, (float)(bucket.Sum / bucket.Count));
        }

        return new HistorySeries(sign, min, max, mean);
    }

    private static long Ceiling(DateTimeOffset time) => (long)Math.Ceiling((decimal)(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerSecond);

    private static long DivideUp(long value, long by) => (value + by - 1) / by;

    private static long Floor(long value, long step) => (long)Math.Floor((decimal)value / step) * step;
}
