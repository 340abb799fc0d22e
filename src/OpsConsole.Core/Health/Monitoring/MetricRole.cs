namespace OpsConsole.Core.Health.Monitoring;

/// <summary>What a queried metric says about a service.</summary>
public enum MetricRole
{
    /// <summary>Nothing by itself; other metrics compute with it.</summary>
    Operand,

    /// <summary>Requests in a period. Gives throughput, and with <see cref="Errors"/> the error rate.</summary>
    Requests,

    /// <summary>Failed requests in a period.</summary>
    Errors,

    /// <summary>Percent of the requests that failed, where the source has no counts.</summary>
    ErrorRate,

    /// <summary>Mean duration of a request, in milliseconds after scaling.</summary>
    LatencyMean,

    /// <summary>Median duration of a request, in milliseconds after scaling.</summary>
    LatencyP50,

    /// <summary>95th percentile of the duration of a request, in milliseconds after scaling.</summary>
    LatencyP95,

    /// <summary>99th percentile of the duration of a request, in milliseconds after scaling.</summary>
    LatencyP99,

    /// <summary>Requests per second, where the source has no count.</summary>
    Throughput,

    /// <summary>Percent of the processors in use.</summary>
    CpuUtilization,

    /// <summary>Open connections, or executions at the same time.</summary>
    ActiveConnections,
}
