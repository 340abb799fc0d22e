using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

/// <summary>A service as a request writes it; what is left out is as usual.</summary>
internal sealed record MonitoredServiceBody
{
    public string? Service { get; init; }

    public string? Environment { get; init; }

    public string? Preset { get; init; }

    public TimeSpan? Period { get; init; }

    public IReadOnlyList<MetricBody?>? Metrics { get; init; }

    public IReadOnlyList<string?>? Alarms { get; init; }

    public MonitoredService ToService()
    {
        var service = new MonitoredService
        {
            Service = Service ?? "",
            Environment = Environment,
            Preset = Preset,
            Metrics = [.. (Metrics ?? []).Select(static metric => (metric ?? new()).ToMetric())],
            Alarms = [.. (Alarms ?? []).Select(static alarm => alarm ?? "")],
        };
        return Period is { } period ? service with { Period = period } : service;
    }
}

/// <summary>A metric as a request writes it; what is left out is as usual.</summary>
internal sealed record MetricBody
{
    public string? Id { get; init; }

    public MetricRole Role { get; init; }

    public string? Namespace { get; init; }

    public string? Metric { get; init; }

    public IReadOnlyDictionary<string, string?>? Dimensions { get; init; }

    public string? Statistic { get; init; }

    public string? Expression { get; init; }

    public double? Scale { get; init; }

    public MetricDefinition ToMetric()
    {
        var metric = new MetricDefinition
        {
            Id = Id ?? "",
            Role = Role,
            Namespace = Namespace,
            Metric = Metric,
            Dimensions = (Dimensions ?? ImmutableDictionary<string, string?>.Empty)
                .ToImmutableSortedDictionary(static pair => pair.Key, static pair => pair.Value ?? "", StringComparer.Ordinal),
            Statistic = Statistic,
            Expression = Expression,
        };
        return Scale is { } scale ? metric with { Scale = scale } : metric;
    }
}
