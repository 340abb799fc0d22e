using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>The limits on vital signs that stop a run; breached when strictly over the limit.</summary>
/// <param name="MaxErrorRate">Percent, 0 to 100.</param>
/// <param name="MaxLatency">95th percentile in milliseconds.</param>
public sealed record Safeguards(double? MaxErrorRate, double? MaxLatency);

/// <summary>What is done when a safeguard trips.</summary>
public enum RollbackActionKind
{
    /// <summary>The faults are ended. Always done first, named or not.</summary>
    StopExperiment,

    /// <summary>The service gets one more instance.</summary>
    ScaleUpResources,

    /// <summary>A flag's intent is set OFF.</summary>
    TurnFlagOff,

    /// <summary>A runbook is carried out.</summary>
    RunRunbook,
}

/// <summary>One rollback action.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Flag">The flag's key, for <see cref="RollbackActionKind.TurnFlagOff"/>.</param>
/// <param name="Runbook">The runbook's name, for <see cref="RollbackActionKind.RunRunbook"/>.</param>
public sealed record RollbackAction(RollbackActionKind Kind, string? Flag = null, string? Runbook = null);

/// <summary>A definition: what is believed, what is broken to find out, and when to stop.</summary>
public sealed record Experiment
{
    /// <summary>Its key: lower-case letters, digits and dashes.</summary>
    public required string Id { get; init; }

    /// <summary>Its title on screen.</summary>
    public required string Title { get; init; }

    /// <summary>What is believed to hold while the faults last.</summary>
    public required string Hypothesis { get; init; }

    /// <summary>The service whose instances are touched and whose health is watched.</summary>
    public required string Service { get; init; }

    /// <summary>What is injected; at least one, but none where a <see cref="Template"/> says it.</summary>
    public required ImmutableArray<FaultSpec> Faults { get; init; }

    /// <summary>The template of an engine in the cloud that says what is injected; <see langword="null"/> where <see cref="Faults"/> do.</summary>
    public string? Template { get; init; }

    /// <summary>The shared parameter that says which <see cref="Template"/> it is; <see langword="null"/> where the definition itself names one, or none.</summary>
    public string? TemplateParameter { get; init; }

    /// <summary>How long the faults last; 5 s to 1 h. With a template: when they are stopped at the latest; up to 12 h.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The limits that stop it.</summary>
    public required Safeguards Safeguards { get; init; }

    /// <summary>What is done when a safeguard trips, in order.</summary>
    public ImmutableArray<RollbackAction> RollbackActions { get; init; } = [];

    /// <summary>Whether it came with the console, or stands for a template. Such a definition cannot be changed, only copied.</summary>
    public bool BuiltIn { get; init; }
}
