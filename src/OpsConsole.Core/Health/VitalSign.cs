namespace OpsConsole.Core.Health;

/// <summary>The signs by which a service's health is judged.</summary>
public enum VitalSign
{
    /// <summary>Share of requests that failed, in percent, 0 to 100.</summary>
    ErrorRate,

    /// <summary>Mean duration of a request, in milliseconds.</summary>
    LatencyMean,

    /// <summary>Median duration of a request, in milliseconds.</summary>
    LatencyP50,

    /// <summary>95th percentile of the duration of a request, in milliseconds.</summary>
    LatencyP95,

    /// <summary>99th percentile of the duration of a request, in milliseconds.</summary>
    LatencyP99,

    /// <summary>Requests per second.</summary>
    Throughput,

    /// <summary>Share of the processors in use, in percent, 0 to 100.</summary>
    CpuUtilization,

    /// <summary>Open connections.</summary>
    ActiveConnections,
}
