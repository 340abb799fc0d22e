using System.Globalization;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Ui;

namespace OpsConsole.Features.Experiments.Pages;

/// <summary>How experiments are said on screen.</summary>
internal static class Words
{
    public static Tone Tone(this RunState state) => state switch
    {
        RunState.Completed => Ui.Tone.Ok,
        RunState.Preflight or RunState.Starting or RunState.Running or RunState.Recovering => Ui.Tone.Info,
        RunState.Halting or RunState.Halted or RunState.Aborted => Ui.Tone.Warn,
        RunState.Failed => Ui.Tone.Bad,
        _ => Ui.Tone.Off,
    };

    public static Tone Tone(this Verdict verdict) => verdict switch
    {
        Verdict.Tolerated => Ui.Tone.Ok,
        Verdict.Degraded => Ui.Tone.Bad,
        _ => Ui.Tone.Off,
    };

    public static string Name(FaultKind kind) => kind switch
    {
        FaultKind.Latency => "Requests are slow",
        FaultKind.Error => "Requests fail",
        FaultKind.DependencyLatency => "A dependency is slow",
        FaultKind.DependencyOutage => "A dependency is down",
        FaultKind.InstanceTermination => "Instances go down",
        FaultKind.TemplateAction => "An action of a template",
        _ => kind.ToString(),
    };

    public static string Name(RollbackActionKind kind) => kind switch
    {
        RollbackActionKind.StopExperiment => "Stop the experiment",
        RollbackActionKind.ScaleUpResources => "Scale up by one instance",
        RollbackActionKind.TurnFlagOff => "Turn a flag off",
        RollbackActionKind.RunRunbook => "Carry out a runbook",
        _ => kind.ToString(),
    };

    public static string Sentence(this FaultSpec fault)
    {
        if (fault.Kind == FaultKind.TemplateAction)
        {
            return $"{fault.Action}.";
        }

        var where = fault.Instances is { } instances ? $"{instances} {(instances == 1 ? "instance" : "instances")}" : "every instance";
        var share = fault.Share < 100 ? $", {fault.Share:0.#} % of {(fault.Kind.NeedsDependency() ? "calls" : "requests")}" : "";
        var route = fault.Route is null ? "" : $" of {fault.Route}";
        var jitter = fault.Jitter > TimeSpan.Zero ? $" ± {Span(fault.Jitter)}" : "";
        var what = fault.Kind switch
        {
            FaultKind.Latency => $"Requests{route} take {Span(fault.Delay)}{jitter} longer",
            FaultKind.Error => $"Requests{route} are answered with {fault.StatusCode}",
            FaultKind.DependencyLatency => $"Calls to {fault.Dependency} take {Span(fault.Delay)}{jitter} longer",
            FaultKind.DependencyOutage => $"Calls to {fault.Dependency} fail at once",
            _ => "Goes down and comes back at the end",
        };
        var from = fault.StartAfter > TimeSpan.Zero ? $", from {Span(fault.StartAfter)} on" : "";
        var duration = fault.Duration is { } lasts ? $", for {Span(lasts)}" : "";
        return $"{what} at {where}{share}{from}{duration}.";
    }

    public static string Sentence(this RollbackAction action) => action.Kind switch
    {
        RollbackActionKind.TurnFlagOff => $"Turn the flag {action.Flag} off",
        RollbackActionKind.RunRunbook => $"Carry out the runbook {action.Runbook}",
        _ => Name(action.Kind),
    };

    public static string Sentence(this Safeguards safeguards)
    {
        string?[] limits =
        [
            safeguards.MaxErrorRate is { } errors ? $"error rate > {VitalSign.ErrorRate.Info().Format(errors)}" : null,
            safeguards.MaxLatency is { } latency ? $"p95 latency > {VitalSign.LatencyP95.Info().Format(latency)}" : null,
        ];
        return string.Join(" or ", limits.OfType<string>());
    }

    public static string Span(TimeSpan span) =>
        span.TotalSeconds < 1 ? $"{span.TotalMilliseconds:0.#} ms"
        : span.TotalMinutes < 2 ? $"{span.TotalSeconds:0.#} s"
        : $"{span.TotalMinutes:0.#} min";

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("O");

    /// <summary>The safeguards as limits of a chart.</summary>
    public static string? Limit(double? limit, VitalSign sign) => limit is { } known ? string.Create(CultureInfo.InvariantCulture, $"{sign.Info().Key}:{known:0.###}:stops the run") : null;
}
