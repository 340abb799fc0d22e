using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>
/// Brings together what two replicas know of one run. A run never goes back: the one that has got further counts, what is over stays as it
/// ended, and what a newer leader says counts more than what an older one says. A halt is never lost, whoever knows of it.
/// </summary>
public static class RunMerge
{
    /// <summary>The run from what this replica knows and what is on disk.</summary>
    /// <param name="mine">As this replica knows it.</param>
    /// <param name="theirs">As it is on disk.</param>
    public static Run Join(Run mine, Run theirs)
    {
        if (theirs.IsOver)
        {
            return theirs;
        }

        var mineCounts = mine.Term >= theirs.Term && Progress(mine.State) > Progress(theirs.State);
        var (run, other) = mineCounts ? (mine, theirs) : (theirs, mine);
        return Halted(run, other) with
        {
            Term = Math.Max(run.Term, other.Term),
            HaltTold = Later(run.HaltTold, other.HaltTold),
            Phases = Phases(run, other),
            StartedAt = run.StartedAt ?? other.StartedAt,
            HardDeadline = run.HardDeadline ?? other.HardDeadline,
            Baseline = run.Baseline ?? other.Baseline,
            Reports = run.Reports.IsDefaultOrEmpty ? other.Reports : run.Reports,
            Rollbacks = run.Rollbacks.Length >= other.Rollbacks.Length ? run.Rollbacks : other.Rollbacks,
        };
    }

    /// <summary>The run as the leader has it in hand, unless what is known here has got further.</summary>
    /// <param name="live">As the leader has it now.</param>
    /// <param name="known">As it is known here.</param>
    public static Run Follow(Run live, Run known) =>
        known.IsOver || known.Term > live.Term || Progress(known.State) > Progress(live.State) ? known : Halted(live, known) with { HaltTold = Later(live.HaltTold, known.HaltTold) };

    /// <summary>The first halt of the two, and the state that follows from it.</summary>
    private static Run Halted(Run run, Run other)
    {
        if (other.HaltRequestedAt is not { } at || run.HaltRequestedAt < at)
        {
            return run;
        }

        if (run.HaltRequestedAt == at)
        {
            // A replica that does not lead may have proven it before the leader wrote down its next step.
            return run with { HaltConfirmedMs = run.HaltConfirmedMs ?? other.HaltConfirmedMs };
        }

        var halted = run with
        {
            HaltRequestedAt = at,
            HaltedBy = other.HaltedBy,
            HaltReason = other.HaltReason,
            TrippedSafeguard = other.TrippedSafeguard ?? run.TrippedSafeguard,
            HaltConfirmedMs = run.HaltConfirmedMs ?? other.HaltConfirmedMs,
        };
        return halted.CanEnter(RunState.Halting) ? halted with { State = RunState.Halting } : halted;
    }

    private static HaltTold Later(HaltTold one, HaltTold other) => one > other ? one : other;

    private static ImmutableArray<RunPhase> Phases(Run run, Run other) =>
        other.Phases.Length == 0 || other.Phases.SequenceEqual(run.Phases)
            ? run.Phases
            :
            [
                .. run.Phases.Concat(other.Phases)
                    .OrderBy(phase => Progress(phase.State))
                    .ThenBy(phase => phase.At)
                    .DistinctBy(phase => phase.State),
            ];

    private static int Progress(RunState state) => state switch
    {
        RunState.Preflight => 0,
        RunState.Starting => 1,
        RunState.Running => 2,
        RunState.Halting => 3,
        RunState.Recovering => 4,
        _ => 5,
    };
}
