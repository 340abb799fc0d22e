using OpsConsole.Core.Health;

namespace OpsConsole.Embedded;

/// <summary>What is known of one service.</summary>
/// <param name="name">Its name.</param>
/// <param name="budget">How many series may be kept of it.</param>
internal sealed class ServiceState(string name, SeriesBudget budget)
{
    /// <summary>A process that started so short ago that all it counted belongs to its first interval.</summary>
    private const ulong JustStarted = 10_000_000_000;

    private const ulong SeriesForgotten = 600_000_000_000;

    private static readonly TimeSpan NoteKept = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, InstanceState> _instances = new(StringComparer.Ordinal);
    private (DateTimeOffset At, long Points, string Problem)? _refused;

    public string Environment { get; set; } = "";

    public bool IsEmpty => _instances.Count == 0;

    /// <summary>When it was last heard of, on the console's clock.</summary>
    public DateTimeOffset ArrivedAt { get; private set; }

    /// <summary>Takes what an instance sent; answers how many points were refused and why.</summary>
    public (int Refused, string? Problem) Take(string instanceName, OtlpPoints points, DateTimeOffset now, OtlpOptions options)
    {
        if (points.NewestTime == 0)
        {
            return (0, null);
        }

        Forget(now, options);
        if (!_instances.TryGetValue(instanceName, out var instance))
        {
            if (_instances.Count >= options.MaxInstances)
            {
                return (points.Durations.Count + points.Numbers.Count, $"The service has more than {options.MaxInstances} instances.");
            }

            _instances[instanceName] = instance = new InstanceState(instanceName);
        }

        var (refused, forgotten) = (0, false);
        var interval = instance.Open(points.NewestTime, FirstStart(points));
        foreach (var report in points.Durations)
        {
            if (instance.Durations.ContainsKey(report.Series) || HasRoom(instance, ref forgotten))
            {
                Take(instance, interval, report);
            }
            else
            {
                refused++;
            }
        }

        foreach (var report in points.Numbers)
        {
            if (!instance.Numbers.TryGetValue(report.Metric, out var series))
            {
                instance.Numbers[report.Metric] = series = new(StringComparer.Ordinal);
            }

            if (series.ContainsKey(report.Series) || HasRoom(instance, ref forgotten))
            {
                Take(series, report);
            }
            else
            {
                refused++;
            }
        }

        instance.Incomplete = refused > 0;
        instance.Heard(now, points.NewestTime);
        ArrivedAt = now;
        return (refused, refused == 0 ? null : budget.Problem);
    }

    /// <summary>Gives back what the service took of the budget.</summary>
    public void Leave() => budget.Remove(_instances.Values.Sum(instance => instance.SeriesCount));

    public void Note(DateTimeOffset now, int points, string problem) =>
        _refused = (now, points + (_refused is { } last && now - last.At < NoteKept ? last.Points : 0), problem);

    public SourceReading Read(DateTimeOffset now, OtlpOptions options)
    {
        Forget(now, options);
        var instances = _instances.Values.OrderBy(instance => instance.Name, StringComparer.Ordinal).ToList();
        var period = instances.Count == 0 ? options.ExpectedPeriod : instances.Min(instance => instance.Period(options.ExpectedPeriod));

        // An instance that fell silent while others go on reporting no longer speaks for the service.
        var whole = new SignsFrom();
        foreach (var instance in instances.Where(instance => instance.ArrivedAt > ArrivedAt - (2 * instance.Period(options.ExpectedPeriod))))
        {
            whole.Add(instance, options.Window);
        }

        return new SourceReading
        {
            Service = name,
            Environment = Environment,
            At = ArrivedAt,
            Period = period,
            Signs = whole.ToSigns(),
            Requests = whole.Requests,
            Errors = whole.Errors,
            Instances = [.. instances.Select(instance =>
            {
                var own = new SignsFrom();
                own.Add(instance, options.Window);
                return new InstanceSample(instance.Name, instance.ArrivedAt, Freshness.Unknown, own.ToSigns());
            })],
            Note = _refused is { } refused && now - refused.At < NoteKept
                ? $"{refused.Points} points were refused lately. {refused.Problem}"
                : null,
        };
    }

    /// <summary>Forgets instances that have been silent for long; the newest stays as long as the service does.</summary>
    private void Forget(DateTimeOffset now, OtlpOptions options)
    {
        foreach (var silent in _instances.Values
            .Where(instance => now - instance.ArrivedAt > options.KeepInstance && instance.ArrivedAt < ArrivedAt).ToList())
        {
            _instances.Remove(silent.Name);
            budget.Remove(silent.SeriesCount);
        }
    }

    private static ulong FirstStart(OtlpPoints points)
    {
        var starts = points.Durations
            .Where(report => report.Delta || report.Point.Time - report.Point.Start <= JustStarted)
            .Select(report => report.Point.Start);
        return starts.DefaultIfEmpty(points.NewestTime).Min();
    }

    /// <summary>Whether one more series can be kept, once those have been forgotten that the instance no longer reports.</summary>
    private bool HasRoom(InstanceState instance, ref bool forgotten)
    {
        if (budget.TryAdd())
        {
            return true;
        }

        if (forgotten)
        {
            return false;
        }

        forgotten = true;
        foreach (var (series, _) in instance.Durations.Where(last => last.Value.Time + SeriesForgotten < instance.NewestTime).ToList())
        {
            instance.Durations.Remove(series);
            budget.Remove(1);
        }

        return budget.TryAdd();
    }

    private static void Take(InstanceState instance, Interval? interval, DurationReport report)
    {
        var point = report.Point;
        if (report.Delta)
        {
            if (!instance.Durations.TryGetValue(report.Series, out var sent) || point.Time > sent.Time)
            {
                interval?.Add(point, report.Scale, report.Error);
                instance.Durations[report.Series] = point;
            }

            return;
        }

        DurationPoint? difference;
        if (!instance.Durations.TryGetValue(report.Series, out var last))
        {
            // A series that is new in a process that is known had counted nothing before.
            difference = instance.Incomplete || (instance.NewestTime == 0 && point.Time - point.Start > JustStarted) ? null : point with { Max = null };
        }
        else if (point.Time <= last.Time)
        {
            return;
        }
        else
        {
            // The process restarted: everything that it has counted is new.
            var restarted = point.Start > last.Start || (point.Start == last.Start && point.Count < last.Count);
            difference = restarted ? point with { Max = null } : point.Since(last);
        }

        instance.Durations[report.Series] = point;
        if (difference is not null)
        {
            interval?.Add(difference, report.Scale, report.Error);
        }
    }

    private static void Take(Dictionary<string, NumberSeries> series, NumberReport report)
    {
        var last = series.GetValueOrDefault(report.Series);
        if (last is not null && report.Time <= last.Time)
        {
            return;
        }

        double? seconds = last is null ? null : (report.Time - last.Time) / 1e9;
        var rate = (report.Counter, report.Delta) switch
        {
            (true, true) => report.Time > report.Start && report.Start > 0 ? report.Value / ((report.Time - report.Start) / 1e9) : report.Value / seconds,
            (true, false) when last is not null && last.Start == report.Start && report.Value >= last.Value => (report.Value - last.Value) / seconds,
            _ => null,
        };
        var value = report is { Delta: true, Counter: false } && last is not null ? last.Value + report.Value : report.Value;
        series[report.Series] = new(report.Start, report.Time, value, rate);
    }
}
