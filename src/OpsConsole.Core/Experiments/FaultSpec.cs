namespace OpsConsole.Core.Experiments;

/// <summary>What is injected.</summary>
public enum FaultKind
{
    /// <summary>Requests that come in are delayed.</summary>
    Latency,

    /// <summary>Requests that come in are answered with an error.</summary>
    Error,

    /// <summary>Calls to a named dependency are delayed.</summary>
    DependencyLatency,

    /// <summary>Calls to a named dependency fail at once.</summary>
    DependencyOutage,

    /// <summary>Instances go down and come back when the fault ends.</summary>
    InstanceTermination,

    /// <summary>An action of a template of an engine in the cloud. Definitions do not name it; their template does.</summary>
    TemplateAction,
}

/// <summary>One fault of an experiment: what is injected, where, how hard and when.</summary>
public sealed record FaultSpec
{
    /// <summary>What is injected.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>The dependency's name, for the kinds that need one, e.g. <c>orders-db</c>.</summary>
    public string? Dependency { get; init; }

    /// <summary>What is done, for <see cref="FaultKind.TemplateAction"/>, e.g. <c>aws:ec2:stop-instances</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Only requests whose path starts with this, for <see cref="FaultKind.Latency"/> and <see cref="FaultKind.Error"/>; <see langword="null"/> for all.</summary>
    public string? Route { get; init; }

    /// <summary>The delay, for the latency kinds; 1 ms to 60 s.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Each delay varies evenly by up to this much either way; at most <see cref="Delay"/>.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>The status of the answer, for <see cref="FaultKind.Error"/>; 500 to 599.</summary>
    public int StatusCode { get; init; } = 503;

    /// <summary>Blast radius: how many instances are touched; <see langword="null"/> for all. At least 1.</summary>
    public int? Instances { get; init; }

    /// <summary>Blast radius: the share of requests or calls that is touched, in percent, over 0 to 100.</summary>
    public double Share { get; init; } = 100;

    /// <summary>How long after the run's start the fault begins.</summary>
    public TimeSpan StartAfter { get; init; }

    /// <summary>How long the fault lasts; <see langword="null"/> until the run's end.</summary>
    public TimeSpan? Duration { get; init; }
}
