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

    /// <summary>Whether another replica, which has proven a halt at the same time, has told what came of it.</summary>
    public static bool IsTold(this Run run, string kind) => kind switch
    {
        TimelineKinds.RunHaltConfirmed => run is { State: RunState.Recovering, HaltRequestedAt: not null, Unconfirmed.IsEmpty: true },
        TimelineKinds.RunHaltUnconfirmed => run.State == RunState.Recovering || !run.Unconfirmed.IsEmpty,
        _ => false,
    };

    /// <summary>What the instances said, once it is proven that nothing is active any more.</summary>
    public static ImmutableArray<FaultReport> ProvenGone(this Run run) => [.. run.Reports.Select(report => report with { Active = false, Detail = null })];

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
