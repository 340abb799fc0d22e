using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Tests.Aws.Health;

/// <summary>Definitions for tests.</summary>
internal static class Monitored
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static MonitoredService Service(string name = "shop", int periodSeconds = 60, params MetricRole[] roles) => new()
    {
        Service = name,
        Period = TimeSpan.FromSeconds(periodSeconds),
        Metrics = [.. (roles.Length == 0 ? [MetricRole.Requests, MetricRole.Errors, MetricRole.LatencyP95] : roles).Select(role => Metric(role))],
    };

    public static MetricDefinition Metric(MetricRole role, string? id = null) => new()
    {
        Id = id ?? char.ToLowerInvariant(role.ToString()[0]) + role.ToString()[1..],
        Role = role,
        Namespace = "AWS/ApplicationELB",
        Metric = role.ToString(),
        Dimensions = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("LoadBalancer", "app/shop/1")]),
        Statistic = "Sum",
    };

    public static MetricDefinition Expression(MetricRole role, string id, string expression) => new() { Id = id, Role = role, Expression = expression };
}
