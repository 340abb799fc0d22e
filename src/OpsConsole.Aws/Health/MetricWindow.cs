using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>The figures of one period of a service.</summary>
/// <param name="Start">The start of the period.</param>
/// <param name="Signs">The vital signs.</param>
/// <param name="Requests">Requests in it.</param>
/// <param name="Errors">Failed requests in it.</param>
internal sealed record PeriodFigures(DateTimeOffset Start, VitalSigns Signs, long Requests, long Errors);

/// <summary>
/// The newest periods of a service, metric by metric. Late data corrects what was heard before; a period counts when it is final: when its
/// time to settle has passed, or when a later period has a value of each metric that this one has.
/// </summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
internal sealed class MetricWindow(MonitoredService service)
{
    private const int MostPeriods = 16;

    private readonly SortedDictionary<DateTimeOffset, Dictionary<MetricRole, double>> _periods = [];

    /// <summary>How long after its end a period may still change: a whole period, and five seconds at least.</summary>
    public static TimeSpan Settle(TimeSpan period) => period > TimeSpan.FromSeconds(5) ? period : TimeSpan.FromSeconds(5);

    /// <summary>Takes a value, in place of the one that was heard before.</summary>
    public void Put(MetricDefinition metric, DateTimeOffset start, double value)
    {
        if (metric.Role == MetricRole.Operand || !double.IsFinite(value))
        {
            return;
        }

        if (!_periods.TryGetValue(start, out var values))
        {
            _periods[start] = values = [];
        }

        values[metric.Role] = value * metric.Scale;
        while (_periods.Count > MostPeriods)
        {
            _periods.Remove(_periods.Keys.First());
        }
    }

    /// <summary>The newest period that is final, or <see langword="null"/> if there is none.</summary>
    /// <param name="now">The time.</param>
    /// <param name="settled">Only time makes a period final: the source said that what it answered is a part.</param>
    public PeriodFigures? Newest(DateTimeOffset now, bool settled)
    {
        HashSet<MetricRole> later = [];
        foreach (var (start, values) in _periods.Reverse())
        {
            var final = start + service.Period + Settle(service.Period) <= now
                || (!settled && later.Count > 0 && values.Keys.All(later.Contains));
            if (final)
            {
                return Figures(service, start, values);
            }

            later.UnionWith(values.Keys);
        }

        return null;
    }

    /// <summary>The figures of a period from its values by role.</summary>
    /// <param name="service">The service; the length of the period is its own.</param>
    /// <param name="start">The start of the period.</param>
    /// <param name="values">The scaled values.</param>
    public static PeriodFigures Figures(MonitoredService service, DateTimeOffset start, IReadOnlyDictionary<MetricRole, double> values)
    {
        double? Value(MetricRole role) => values.TryGetValue(role, out var value) ? value : null;

        var requests = Value(MetricRole.Requests);
        // A source such as a load balancer publishes no count of errors for a period in which there were none.
        var errors = Value(MetricRole.Errors)
            ?? (requests is not null && service.Metrics.Any(metric => metric.Role == MetricRole.Errors) ? 0 : null);
        var rate = Value(MetricRole.ErrorRate)
            ?? (requests is > 0 && errors is { } failed ? Math.Clamp(100 * failed / requests.Value, 0, 100) : null);
        return new(
            start,
            new VitalSigns(
                rate,
                Value(MetricRole.LatencyMean),
                Value(MetricRole.LatencyP50),
                Value(MetricRole.LatencyP95),
                Value(MetricRole.LatencyP99),
                Value(MetricRole.Throughput) ?? requests / service.Period.TotalSeconds,
                Value(MetricRole.CpuUtilization),
                Value(MetricRole.ActiveConnections)),
            (long)(requests ?? 0),
            (long)(errors ?? 0));
    }
}
