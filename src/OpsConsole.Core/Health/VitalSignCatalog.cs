using System.Collections.Immutable;

namespace OpsConsole.Core.Health;

/// <summary>How each vital sign is named, written and measured, for pages, sentences and wire formats alike.</summary>
/// <param name="Sign">Which sign.</param>
/// <param name="Key">The member name on the wire, camelCase.</param>
/// <param name="Title">The name on screen.</param>
/// <param name="Unit">The unit on screen: %, ms, req/s or nothing.</param>
/// <param name="Decimals">How many decimals are shown.</param>
public sealed record VitalSignInfo(VitalSign Sign, string Key, string Title, string Unit, int Decimals)
{
    /// <summary>Writes a value with its unit, or “no evidence”.</summary>
    /// <param name="value">The value in <see cref="Unit"/>.</param>
    public string Format(double? value) => value is not { } known
        ? "no evidence"
        : Unit.Length == 0 ? Number(known) : $"{Number(known)} {Unit}";

    private string Number(double value) =>
        value.ToString("F" + Decimals, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The catalog of the vital signs, in the order of <see cref="VitalSign"/>.</summary>
public static class VitalSignCatalog
{
    /// <summary>Every sign, in the order of <see cref="VitalSign"/>.</summary>
    public static ImmutableArray<VitalSignInfo> All { get; } =
    [
        new(VitalSign.ErrorRate, "errorRate", "error rate", "%", 1),
        new(VitalSign.LatencyMean, "latencyMean", "mean latency", "ms", 0),
        new(VitalSign.LatencyP50, "latencyP50", "p50 latency", "ms", 0),
        new(VitalSign.LatencyP95, "latencyP95", "p95 latency", "ms", 0),
        new(VitalSign.LatencyP99, "latencyP99", "p99 latency", "ms", 0),
        new(VitalSign.Throughput, "throughput", "throughput", "req/s", 1),
        new(VitalSign.CpuUtilization, "cpuUtilization", "CPU", "%", 0),
        new(VitalSign.ActiveConnections, "activeConnections", "connections", "", 0),
    ];

    /// <summary>How a sign is named, written and measured.</summary>
    /// <param name="sign">Which sign.</param>
    public static VitalSignInfo Info(this VitalSign sign) => All[(int)sign];
}
