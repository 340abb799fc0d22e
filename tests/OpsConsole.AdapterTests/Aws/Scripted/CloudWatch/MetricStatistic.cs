using System.Globalization;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>Computes a statistic of what fell into one period.</summary>
internal static class MetricStatistic
{
    /// <summary>The value; null when there is no such statistic of these data.</summary>
    /// <param name="statistic">Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99.</param>
    /// <param name="data">The data of the period, at least one.</param>
    public static double? Of(string statistic, IReadOnlyList<MetricDatum> data) => statistic switch
    {
        "SampleCount" => data.Sum(datum => datum.Count),
        "Sum" => data.Sum(datum => datum.Sum),
        "Average" => data.Sum(datum => datum.Sum) / data.Sum(datum => datum.Count),
        "Minimum" => data.Min(datum => datum.Minimum),
        "Maximum" => data.Max(datum => datum.Maximum),
        _ when Percentile(statistic) is { } percent => Percentile(percent, data),
        _ => null,
    };

    /// <summary>Whether there is such a statistic.</summary>
    public static bool Exists(string statistic) =>
        statistic is "SampleCount" or "Sum" or "Average" or "Minimum" or "Maximum" || Percentile(statistic) is not null;

    private static double? Percentile(string statistic) =>
        statistic.StartsWith('p') && double.TryParse(statistic.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100
            ? percent
            : null;

    // The nearest rank; a statistic set has no percentiles unless all its samples are the same.
    private static double? Percentile(double percent, IReadOnlyList<MetricDatum> data)
    {
        if (data.Any(datum => datum.Values.Count == 0 && datum.Minimum != datum.Maximum))
        {
            return null;
        }
        var values = data.SelectMany(datum => datum.Values.Count == 0 ? [(datum.Minimum, datum.Count)] : datum.Values).OrderBy(value => value.Item1).ToList();
        var rank = percent / 100 * values.Sum(value => value.Item2);
        foreach (var (value, count) in values)
        {
            rank -= count;
            if (rank <= 0)
            {
                return value;
            }
        }
        return values[^1].Item1;
    }
}
