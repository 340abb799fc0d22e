using System.Collections.Immutable;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>A service whose vital signs are asked for, rather than sent: which metrics, how often, which alarms.</summary>
public sealed record MonitoredService
{
    /// <summary>The service's name; the key by which everything else refers to it.</summary>
    public required string Service { get; init; }

    /// <summary>The environment in which it runs; <see langword="null"/> for the console's own.</summary>
    public string? Environment { get; init; }

    /// <summary>The preset from which it was made, for people; <see langword="null"/> if it was made by hand.</summary>
    public string? Preset { get; init; }

    /// <summary>The period of its metrics: 1, 5, 10, 20 or 30 s for high-resolution metrics, else a multiple of 60 s.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Its metrics; at least one has a role.</summary>
    public required ImmutableArray<MetricDefinition> Metrics { get; init; }

    /// <summary>The names of the alarms that are shown with it.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];

    /// <summary>Whether its metrics say anything of a sign.</summary>
    /// <param name="sign">Which sign.</param>
    public bool Tells(VitalSign sign) => sign switch
    {
        VitalSign.ErrorRate => Has(MetricRole.ErrorRate) || (Has(MetricRole.Errors) && Has(MetricRole.Requests)),
        VitalSign.LatencyMean => Has(MetricRole.LatencyMean),
        VitalSign.LatencyP50 => Has(MetricRole.LatencyP50),
        VitalSign.LatencyP95 => Has(MetricRole.LatencyP95),
        VitalSign.LatencyP99 => Has(MetricRole.LatencyP99),
        VitalSign.Throughput => Has(MetricRole.Throughput) || Has(MetricRole.Requests),
        VitalSign.CpuUtilization => Has(MetricRole.CpuUtilization),
        VitalSign.ActiveConnections => Has(MetricRole.ActiveConnections),
        _ => false,
    };

    private bool Has(MetricRole role) => Metrics.Any(metric => metric.Role == role);
}
