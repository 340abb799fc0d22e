using OpsConsole.Core.Health;

namespace OpsConsole.Embedded;

/// <summary>What happened in one interval of an instance; times in Unix nanoseconds of the instance's clock.</summary>
internal sealed class Interval(ulong start, ulong end)
{
    public ulong Start { get; } = start;

    public ulong End { get; set; } = end;

    public double Seconds => (End - Start) / 1e9;

    public long Count { get; set; }

    public long Errors { get; set; }

    /// <summary>Milliseconds; only of requests whose sum is known.</summary>
    public double Sum { get; set; }

    public long Summed { get; set; }

    public LatencyBuckets Buckets { get; } = new();

    public void Add(DurationPoint difference, double scale, bool error)
    {
        Count += difference.Count;
        Errors += error ? difference.Count : 0;
        if (difference.Sum is { } sum)
        {
            Sum += sum * scale;
            Summed += difference.Count;
        }

        difference.AddTo(Buckets, scale);
    }
}

/// <summary>The newest value of a series of numbers, and how fast it rises if it is a counter.</summary>
internal sealed record NumberSeries(ulong Start, ulong Time, double Value, double? PerSecond);

/// <summary>What is known of one instance of a service.</summary>
internal sealed class InstanceState(string name)
{
    /// <summary>Points of one export may be sent in several requests; they are no further apart than this.</summary>
    private const ulong OneExport = 200_000_000;

    private const int KeptIntervals = 32;
    private const int KeptPeriods = 5;

    private readonly List<Interval> _intervals = [];
    private readonly List<double> _periods = [];

    public string Name => name;

    public Dictionary<string, DurationPoint> Durations { get; } = new(StringComparer.Ordinal);

    /// <summary>By metric, then by attributes.</summary>
    public Dictionary<string, Dictionary<string, NumberSeries>> Numbers { get; } = new(StringComparer.Ordinal);

    /// <summary>When it was last heard of, on the console's clock.</summary>
    public DateTimeOffset ArrivedAt { get; private set; }

    /// <summary>The newest time that it sent, on its own clock; 0 before the first.</summary>
    public ulong NewestTime { get; private set; }

    /// <summary>Whether some of its series were refused, so that a new one may have been going on before.</summary>
    public bool Incomplete { get; set; }

    public int SeriesCount => Durations.Count + Numbers.Values.Sum(series => series.Count);

    /// <summary>How often it reports, from the middle one of its last intervals.</summary>
    public TimeSpan Period(TimeSpan expected) => _periods.Count == 0
        ? expected
        : TimeSpan.FromSeconds(Math.Clamp(_periods.Order().ElementAt(_periods.Count / 2), 1, 60));

    /// <summary>Opens the interval to which the points of a request belong.</summary>
    /// <param name="end">The newest time in the request.</param>
    /// <param name="firstStart">Where the first interval starts if it can be told, else <paramref name="end"/>.</param>
    public Interval? Open(ulong end, ulong firstStart)
    {
        if (NewestTime != 0 && end < NewestTime + OneExport)
        {
            // The rest of the same export, or one that comes too late to be an interval of its own.
            if (_intervals is [.., var last] && end > last.End)
            {
                last.End = end;
            }

            return _intervals.LastOrDefault();
        }

        var start = NewestTime == 0 ? firstStart : NewestTime;
        if (start >= end)
        {
            return null;
        }

        var interval = new Interval(start, end);
        _intervals.Add(interval);
        if (_intervals.Count > KeptIntervals)
        {
            _intervals.RemoveAt(0);
        }

        return interval;
    }

    public void Heard(DateTimeOffset now, ulong newest)
    {
        ArrivedAt = now;
        if (NewestTime != 0 && newest >= NewestTime + OneExport)
        {
            _periods.Add((newest - NewestTime) / 1e9);
            if (_periods.Count > KeptPeriods)
            {
                _periods.RemoveAt(0);
            }
        }

        NewestTime = Math.Max(NewestTime, newest);
    }

    /// <summary>The newest intervals that together reach back over the window; at least one, if there is any.</summary>
    public IEnumerable<Interval> Newest(TimeSpan window)
    {
        // An exporter is never exact: half an interval that sticks out of the window is not worth another one.
        var wanted = window.TotalSeconds * 0.75;
        for (var (i, seconds) = (_intervals.Count - 1, 0.0); i >= 0 && seconds < wanted; i--)
        {
            seconds += _intervals[i].Seconds;
            yield return _intervals[i];
        }
    }

    public double? Cpu()
    {
        if (Sum("process.cpu.utilization", series => series.Value) is { } share)
        {
            return Math.Clamp(share * 100, 0, 100);
        }

        var used = Sum("dotnet.process.cpu.time", series => series.PerSecond) ?? Sum("process.cpu.time", series => series.PerSecond);
        var processors = Sum("dotnet.process.cpu.count", series => series.Value) ?? Sum("process.cpu.count", series => series.Value);
        return used is { } seconds ? Math.Clamp(seconds / Math.Max(1, processors ?? 1) * 100, 0, 100) : null;
    }

    public double? Connections() => Sum("kestrel.active_connections", series => series.Value) is { } open ? Math.Max(0, open) : null;

    /// <summary>The sum over the series of a metric that were heard of in the newest export; <see langword="null"/> without evidence.</summary>
    private double? Sum(string metric, Func<NumberSeries, double?> value)
    {
        double? sum = null;
        foreach (var series in Numbers.GetValueOrDefault(metric)?.Values ?? Enumerable.Empty<NumberSeries>())
        {
            if (series.Time + OneExport >= NewestTime && value(series) is { } known)
            {
                sum = (sum ?? 0) + known;
            }
        }

        return sum;
    }
}

/// <summary>Figures from intervals and gauges of one or many instances.</summary>
internal sealed class SignsFrom
{
    private readonly LatencyBuckets _buckets = new();
    private readonly List<double> _cpu = [];
    private double? _throughput;
    private double? _connections;
    private double _sum;
    private long _summed;

    public long Requests { get; private set; }

    public long Errors { get; private set; }

    public void Add(InstanceState instance, TimeSpan window)
    {
        var (seconds, count) = (0.0, 0L);
        foreach (var interval in instance.Newest(window))
        {
            seconds += interval.Seconds;
            count += interval.Count;
            Errors += interval.Errors;
            _sum += interval.Sum;
            _summed += interval.Summed;
            _buckets.Add(interval.Buckets);
        }

        Requests += count;
        if (seconds > 0)
        {
            _throughput = (_throughput ?? 0) + (count / seconds);
        }

        if (instance.Cpu() is { } cpu)
        {
            _cpu.Add(cpu);
        }

        if (instance.Connections() is { } connections)
        {
            _connections = (_connections ?? 0) + connections;
        }
    }

    public VitalSigns ToSigns() => new(
        ErrorRate: _throughput is null ? null : Requests == 0 ? 0 : 100.0 * Errors / Requests,
        LatencyMean: _summed > 0 ? _sum / _summed : null,
        LatencyP50: _buckets.Percentile(0.50),
        LatencyP95: _buckets.Percentile(0.95),
        LatencyP99: _buckets.Percentile(0.99),
        Throughput: _throughput,
        CpuUtilization: _cpu.Count > 0 ? _cpu.Average() : null,
        ActiveConnections: _connections);
}
