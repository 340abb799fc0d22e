using System.Collections.Immutable;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>One metric of a service: either a metric of the source with its statistic, or an expression over the service's other metrics.</summary>
public sealed record MetricDefinition
{
    /// <summary>No dimensions.</summary>
    public static ImmutableSortedDictionary<string, string> NoDimensions { get; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Its name within the service, by which expressions refer to it: a lower-case letter, then letters, digits and underscores.</summary>
    public required string Id { get; init; }

    /// <summary>What it says about the service.</summary>
    public required MetricRole Role { get; init; }

    /// <summary>The metric's namespace, e.g. <c>AWS/Lambda</c>; <see langword="null"/> for an expression.</summary>
    public string? Namespace { get; init; }

    /// <summary>The metric's name, e.g. <c>Duration</c>; <see langword="null"/> for an expression.</summary>
    public string? Metric { get; init; }

    /// <summary>The metric's dimensions, all of them.</summary>
    public ImmutableSortedDictionary<string, string> Dimensions { get; init; } = NoDimensions;

    /// <summary>The statistic, e.g. <c>Sum</c>, <c>Average</c>, <c>p95</c>; <see langword="null"/> for an expression.</summary>
    public string? Statistic { get; init; }

    /// <summary>Metric math over the ids of the service's other metrics, e.g. <c>100*errors/requests</c>; <see langword="null"/> for a metric.</summary>
    public string? Expression { get; init; }

    /// <summary>What each value is multiplied by, e.g. 1000 to make milliseconds of seconds. Over 0.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether it is computed from other metrics.</summary>
    public bool IsExpression => Expression is not null;
}
