namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>Keeps what was published and computes statistics by period, with CloudWatch's resolution for old data.</summary>
internal sealed class MetricStore
{
    private static readonly TimeSpan HighResolutionAge = TimeSpan.FromHours(3);
    private static readonly TimeSpan MinuteAge = TimeSpan.FromDays(15);
    private static readonly TimeSpan FiveMinuteAge = TimeSpan.FromDays(63);
    private static readonly TimeSpan ListedAge = TimeSpan.FromDays(14);

    private readonly Dictionary<MetricKey, List<MetricDatum>> _metrics = [];

    /// <summary>Publishes a datum.</summary>
    public void Add(MetricKey metric, MetricDatum datum)
    {
        if (!_metrics.TryGetValue(metric, out var data))
        {
            _metrics[metric] = data = [];
        }
        data.Add(datum);
    }

    /// <summary>The data of a metric, as they were published.</summary>
    public IReadOnlyList<MetricDatum> Data(MetricKey metric) => _metrics.GetValueOrDefault(metric) ?? [];

    /// <summary>The metrics that had data lately, in the order in which they came.</summary>
    /// <param name="now">The time.</param>
    /// <param name="recently">Whether only the last three hours count, and not two weeks.</param>
    public IReadOnlyList<MetricKey> List(DateTimeOffset now, bool recently) =>
        [.. _metrics.Where(metric => metric.Value.Exists(datum => datum.At >= now - (recently ? HighResolutionAge : ListedAge))).Select(metric => metric.Key)];

    /// <summary>The data of each period, oldest first; a period without data is not there.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="start">The first time, inclusive; rounded down to the period.</param>
    /// <param name="end">The last time, exclusive.</param>
    /// <param name="period">Seconds.</param>
    /// <param name="unit">The unit; null for any.</param>
    /// <param name="now">The time.</param>
    /// <param name="delay">How long a datum takes until it can be read.</param>
    public SortedDictionary<DateTimeOffset, List<MetricDatum>> Periods(
        MetricKey metric, DateTimeOffset start, DateTimeOffset end, int period, string? unit, DateTimeOffset now, TimeSpan delay)
    {
        var periods = new SortedDictionary<DateTimeOffset, List<MetricDatum>>();
        var from = Floor(start, period);
        foreach (var datum in Data(metric).Where(datum => datum.At >= from && datum.At < end && datum.ArrivedAt + delay <= now))
        {
            if ((unit is null || datum.Unit == unit) && IsKept(datum, period, now - datum.At))
            {
                var at = Floor(datum.At, period);
                if (!periods.TryGetValue(at, out var data))
                {
                    periods[at] = data = [];
                }
                data.Add(datum);
            }
        }
        return periods;
    }

    // Data by the second are kept for three hours, then by the minute for 15 days, by five minutes for 63 days, by the hour for 455 days.
    private static bool IsKept(MetricDatum datum, int period, TimeSpan age) => age switch
    {
        _ when age <= HighResolutionAge => datum.IsHighResolution || period % 60 == 0,
        _ when age <= MinuteAge => period % 60 == 0,
        _ when age <= FiveMinuteAge => period % 300 == 0,
        _ => period % 3600 == 0 && age <= TimeSpan.FromDays(455),
    };

    private static DateTimeOffset Floor(DateTimeOffset time, int seconds)
    {
        var unix = time.ToUnixTimeSeconds();
        return DateTimeOffset.FromUnixTimeSeconds(unix - (((unix % seconds) + seconds) % seconds));
    }
}
