using OpsConsole.Core.Experiments;

namespace OpsConsole.Features.Experiments.Pages;

/// <summary>A fault while it is typed.</summary>
public sealed class FaultDraft
{
    public FaultKind Kind { get; set; } = FaultKind.Latency;

    public string? Dependency { get; set; }

    public string? Route { get; set; }

    public double DelayMs { get; set; } = 200;

    public double JitterMs { get; set; }

    public int StatusCode { get; set; } = 503;

    public int? Instances { get; set; }

    public double Share { get; set; } = 100;

    public double StartAfterSeconds { get; set; }

    public double? DurationSeconds { get; set; }

    public static FaultDraft From(FaultSpec fault) => new()
    {
        Kind = fault.Kind,
        Dependency = fault.Dependency,
        Route = fault.Route,
        DelayMs = fault.Delay.TotalMilliseconds,
        JitterMs = fault.Jitter.TotalMilliseconds,
        StatusCode = fault.StatusCode,
        Instances = fault.Instances,
        Share = fault.Share,
        StartAfterSeconds = fault.StartAfter.TotalSeconds,
        DurationSeconds = fault.Duration?.TotalSeconds,
    };

    public FaultSpec ToFault() => new Api.FaultDocument(
        Kind,
        Kind.NeedsDependency() ? Dependency?.Trim() : null,
        Kind.IsInbound() ? Route?.Trim() : null,
        Kind.HasDelay() ? DelayMs : 0,
        Kind.HasDelay() ? JitterMs : 0,
        StatusCode,
        Instances,
        Kind == FaultKind.InstanceTermination ? 100 : Share,
        StartAfterSeconds,
        DurationSeconds).ToFault();
}

/// <summary>A rollback action while it is typed.</summary>
public sealed class ActionDraft
{
    public RollbackActionKind Kind { get; set; } = RollbackActionKind.StopExperiment;

    public string? Flag { get; set; }

    public string? Runbook { get; set; }

    public static ActionDraft From(RollbackAction action) => new() { Kind = action.Kind, Flag = action.Flag, Runbook = action.Runbook };

    public RollbackAction ToAction() => new(
        Kind,
        Kind == RollbackActionKind.TurnFlagOff ? Flag?.Trim() : null,
        Kind == RollbackActionKind.RunRunbook ? Runbook?.Trim() : null);
}

/// <summary>A definition while it is typed.</summary>
internal sealed class ExperimentDraft
{
    public string Id { get; set; } = "";

    public string Title { get; set; } = "";

    public string Hypothesis { get; set; } = "";

    public string Service { get; set; } = "";

    /// <summary>The template that says what is injected; it stays as it was copied.</summary>
    public string? Template { get; set; }

    public double DurationSeconds { get; set; } = 60;

    public double? MaxErrorRate { get; set; } = 20;

    public double? MaxLatency { get; set; } = 1500;

    public List<FaultDraft> Faults { get; } = [];

    public List<ActionDraft> Actions { get; } = [];

    /// <summary>A new definition with the default safeguards, as far as there are any.</summary>
    public static ExperimentDraft New(Safeguards defaults)
    {
        var draft = new ExperimentDraft();
        if (defaults.MaxErrorRate is not null || defaults.MaxLatency is not null)
        {
            (draft.MaxErrorRate, draft.MaxLatency) = (defaults.MaxErrorRate, defaults.MaxLatency);
        }

        draft.Faults.Add(new());
        draft.Actions.Add(new());
        return draft;
    }

    public static ExperimentDraft From(Experiment experiment)
    {
        var draft = new ExperimentDraft
        {
            Id = experiment.Id,
            Title = experiment.Title,
            Hypothesis = experiment.Hypothesis,
            Service = experiment.Service,
            Template = experiment.Template,
            DurationSeconds = experiment.Duration.TotalSeconds,
            MaxErrorRate = experiment.Safeguards.MaxErrorRate,
            MaxLatency = experiment.Safeguards.MaxLatency,
        };
        draft.Faults.AddRange(experiment.Faults.Select(FaultDraft.From));
        draft.Actions.AddRange(experiment.RollbackActions.Select(ActionDraft.From));
        return draft;
    }

    public Experiment ToExperiment() => new()
    {
        Id = Id.Trim(),
        Title = Title.Trim(),
        Hypothesis = Hypothesis.Trim(),
        Service = Service.Trim(),
        Faults = [.. Faults.Select(fault => fault.ToFault())],
        Template = Template,
        Duration = Api.Times.Seconds(DurationSeconds),
        Safeguards = new(MaxErrorRate, MaxLatency),
        RollbackActions = [.. Actions.Select(action => action.ToAction())],
    };
}
