using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>How what happens to a run is written into the timeline.</summary>
internal static class RunEvents
{
    public static TimelineEvent Event(this Run run, string actor, string kind, string reason) =>
        new TimelineEvent { Actor = actor, Kind = kind, Subject = Subjects.Run(run.Id), Reason = reason }
            .With("service", run.Experiment.Service)
            .With("experiment", run.Experiment.Id)
            .With("run", run.Id);

    /// <summary>Whether only the leader says such a thing of a run: it has carried the run on. Anybody may halt.</summary>
    public static bool IsLeadersOwn(string kind) => kind is TimelineKinds.RunStarted or TimelineKinds.RunSafeguardTripped
        or TimelineKinds.RunRecovering or TimelineKinds.RunRollbackAction or TimelineKinds.RunAdopted
        or TimelineKinds.RunCompleted or TimelineKinds.RunHalted or TimelineKinds.RunAborted;

    /// <summary>What an event says of a run's halt.</summary>
    public static HaltTold ToldBy(string kind) => kind switch
    {
        TimelineKinds.RunHalting or TimelineKinds.RunSafeguardTripped => HaltTold.Halted,
        TimelineKinds.RunHaltUnconfirmed => HaltTold.Unconfirmed,
        TimelineKinds.RunHaltConfirmed => HaltTold.Confirmed,
        _ => HaltTold.Nothing,
    };

    /// <summary>Whether the timeline says so already, perhaps by another replica.</summary>
    public static bool IsTold(this Run run, string kind) => ToldBy(kind) is not HaltTold.Nothing and var told && run.HaltTold >= told;

    /// <summary>The run when the timeline also says that.</summary>
    public static Run Telling(this Run run, TimelineEvent change) =>
        ToldBy(change.Kind) is var told && told > run.HaltTold ? run with { HaltTold = told } : run;

    /// <summary>What the instances said, once it is proven that nothing is active any more.</summary>
    public static ImmutableArray<FaultReport> ProvenGone(this Run run) => [.. run.Reports.Select(report => report with { Active = false, Detail = null })];

    /// <summary>The event that says who halted a run, and why.</summary>
    public static TimelineEvent Halting(this Run run) => run.Event(
        run.HaltedBy ?? Actors.Supervisor,
        run.TrippedSafeguard is null ? TimelineKinds.RunHalting : TimelineKinds.RunSafeguardTripped,
        run.HaltReason ?? "");

    /// <summary>The event that closes a run.</summary>
    public static TimelineEvent Closing(this Run run)
    {
        var kind = run.State switch
        {
            RunState.Completed => TimelineKinds.RunCompleted,
            RunState.Halted => TimelineKinds.RunHalted,
            RunState.Aborted => TimelineKinds.RunAborted,
            RunState.Refused => TimelineKinds.RunRefused,
            _ => TimelineKinds.RunFailed,
        };
        return run.Event(run.State == RunState.Aborted ? Actors.Console : Actors.Supervisor, kind, run.Phases[^1].Why)
            .With("verdict", run.Verdict?.ToString())
            .With("verdictWhy", run.VerdictWhy)
            .With("haltedBy", run.HaltedBy)
            .With("recoverySeconds", run.RecoverySeconds?.ToString("F1"));
    }
}
