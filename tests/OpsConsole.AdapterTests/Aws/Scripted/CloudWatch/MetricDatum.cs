namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>What was published for one time: values with counts, or a statistic set.</summary>
/// <param name="At">The time that it is for.</param>
/// <param name="ArrivedAt">When it was published.</param>
/// <param name="Values">Values and how often each was seen; empty for a statistic set.</param>
/// <param name="Count">How many samples.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="Minimum">The least.</param>
/// <param name="Maximum">The greatest.</param>
/// <param name="Unit">Their unit.</param>
/// <param name="IsHighResolution">Whether it was published by the second.</param>
internal sealed record MetricDatum(
    DateTimeOffset At,
    DateTimeOffset ArrivedAt,
    IReadOnlyList<(double Value, double Count)> Values,
    double Count,
    double Sum,
    double Minimum,
    double Maximum,
    string Unit,
    bool IsHighResolution)
{
    /// <summary>A datum of single values.</summary>
    public static MetricDatum Of(DateTimeOffset at, DateTimeOffset arrivedAt, IReadOnlyList<(double Value, double Count)> values, string unit, bool isHighResolution) => new(
        at,
        arrivedAt,
        values,
        values.Sum(value => value.Count),
        values.Sum(value => value.Value * value.Count),
        values.Min(value => value.Value),
        values.Max(value => value.Value),
        unit,
        isHighResolution);
}
