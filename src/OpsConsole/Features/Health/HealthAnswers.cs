using System.Text.Json.Serialization;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health;

/// <summary>The answer to <c>GET /api/v1/health</c>.</summary>
internal sealed record HealthAnswer(DateTimeOffset At, long Sequence, IReadOnlyList<ServiceAnswer> Services);

/// <summary>One service. A sign that is null is absent: no evidence, which is not zero.</summary>
internal sealed record ServiceAnswer(
    string Service,
    string Environment,
    DateTimeOffset? At,
    double? AgeSeconds,
    double PeriodSeconds,
    Freshness Freshness,
    double? ErrorRate,
    double? LatencyMean,
    double? LatencyP50,
    double? LatencyP95,
    double? LatencyP99,
    double? Throughput,
    double? CpuUtilization,
    double? ActiveConnections,
    IReadOnlyList<InstanceAnswer> Instances,
    IReadOnlyList<AlarmReading> Alarms,
    string? Note)
{
    public static ServiceAnswer From(Sample sample) => new(
        sample.Service,
        sample.Environment,
        sample.At,
        sample.Age?.TotalSeconds,
        sample.Period.TotalSeconds,
        sample.Freshness,
        sample.Signs.ErrorRate,
        sample.Signs.LatencyMean,
        sample.Signs.LatencyP50,
        sample.Signs.LatencyP95,
        sample.Signs.LatencyP99,
        sample.Signs.Throughput,
        sample.Signs.CpuUtilization,
        sample.Signs.ActiveConnections,
        [.. sample.Instances.Select(InstanceAnswer.From)],
        sample.Alarms,
        sample.Note);
}

/// <summary>One instance of a service.</summary>
internal sealed record InstanceAnswer(
    string Instance,
    DateTimeOffset At,
    Freshness Freshness,
    double? ErrorRate,
    double? LatencyMean,
    double? LatencyP50,
    double? LatencyP95,
    double? LatencyP99,
    double? Throughput,
    double? CpuUtilization,
    double? ActiveConnections)
{
    public static InstanceAnswer From(InstanceSample sample) => new(
        sample.Instance,
        sample.At,
        sample.Freshness,
        sample.Signs.ErrorRate,
        sample.Signs.LatencyMean,
        sample.Signs.LatencyP50,
        sample.Signs.LatencyP95,
        sample.Signs.LatencyP99,
        sample.Signs.Throughput,
        sample.Signs.CpuUtilization,
        sample.Signs.ActiveConnections);
}

/// <summary>The answer of <c>/healthz/ready</c>.</summary>
internal sealed record ReadinessAnswer(string Status, IReadOnlyList<ReadinessCheck> Checks);

/// <summary>One thing without which the console is of no use.</summary>
internal sealed record ReadinessCheck(string Name, bool Passed, string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ReadinessAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
