using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments.Templates;

/// <summary>What the actions of a template strike.</summary>
/// <param name="Name">Its name in the template.</param>
/// <param name="ResourceType">E.g. <c>aws:ec2:instance</c>.</param>
/// <param name="Selection">How many of them: <c>ALL</c>, <c>COUNT(n)</c> or <c>PERCENT(n)</c>.</param>
/// <param name="Resources">By what they are found: ARNs, tags, filters; in words.</param>
public sealed record TemplateTarget(string Name, string ResourceType, string Selection, string Resources);

/// <summary>What a template does.</summary>
/// <param name="Name">Its name in the template.</param>
/// <param name="ActionId">What is done, e.g. <c>aws:ec2:stop-instances</c>.</param>
/// <param name="Description">What its author says of it; may be empty.</param>
/// <param name="Targets">The names of the targets that it strikes.</param>
/// <param name="StartAfter">The names of the actions that must be done before.</param>
/// <param name="Duration">How long it takes by its parameters; <see langword="null"/> if they do not say.</param>
/// <param name="Parameters">Its parameters by name.</param>
public sealed record TemplateAction(
    string Name,
    string ActionId,
    string Description,
    ImmutableArray<string> Targets,
    ImmutableArray<string> StartAfter,
    TimeSpan? Duration,
    ImmutableSortedDictionary<string, string> Parameters);

/// <summary>A template of an engine in the cloud: what it does is defined there, the console names it by its id.</summary>
public sealed record ExperimentTemplate
{
    /// <summary>The engine's id of it, e.g. <c>EXT1a2b3c4d5e6f7</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The definition that stands for it on the console.</summary>
    public required Experiment Definition { get; init; }

    /// <summary>What its actions strike, by name.</summary>
    public ImmutableArray<TemplateTarget> Targets { get; init; } = [];

    /// <summary>What it does, by name.</summary>
    public ImmutableArray<TemplateAction> Actions { get; init; } = [];

    /// <summary>The alarms that stop it without this console; none if empty.</summary>
    public ImmutableArray<string> StopAlarms { get; init; } = [];

    /// <summary>Its tags.</summary>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>When it was last changed, if the engine says so.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>What a run of it is expected to report on: one fault an action.</summary>
    /// <param name="runId">The run.</param>
    public ImmutableArray<PlannedFault> Plan(string runId) => [.. Actions.Select(action => PlanOf(runId, action.Name, action.ActionId, action.Targets))];

    /// <summary>One action of a run as a fault.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="name">The action's name.</param>
    /// <param name="actionId">What is done.</param>
    /// <param name="targets">The names of the targets that it strikes.</param>
    public static PlannedFault PlanOf(string runId, string name, string actionId, IEnumerable<string> targets) => new(
        $"{runId}.{name}",
        string.Join(", ", targets) is { Length: > 0 } struck ? $"{name} → {struck}" : name,
        new FaultSpec { Kind = FaultKind.TemplateAction, Action = actionId });
}
