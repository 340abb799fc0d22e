using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Experiments;

public sealed class RunMergeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_run_that_has_got_further_counts()
    {
        var joined = RunMerge.Join(At(RunState.Running, term: 7), At(RunState.Starting, term: 7));
        Assert.Equal(RunState.Running, joined.State);
        Assert.Equal([RunState.Preflight, RunState.Starting, RunState.Running], joined.Phases.Select(phase => phase.State));
    }

    [Fact]
    public void A_halt_is_kept_though_the_other_has_written_a_step_meanwhile()
    {
        var halted = Halt(At(RunState.Starting, term: 0), "otto", Noon.AddSeconds(2));
        var joined = RunMerge.Join(At(RunState.Running, term: 7), halted);

        Assert.Equal((RunState.Halting, "otto", 7), (joined.State, joined.HaltedBy, joined.Term));
        Assert.Equal([RunState.Preflight, RunState.Starting, RunState.Running, RunState.Halting], joined.Phases.Select(phase => phase.State));

        joined = RunMerge.Join(halted, At(RunState.Running, term: 7));
        Assert.Equal((RunState.Halting, "otto", 7), (joined.State, joined.HaltedBy, joined.Term));
    }

    [Fact]
    public void A_proof_is_kept_though_the_leader_has_written_a_step_without_it()
    {
        var proven = Halt(At(RunState.Running, term: 0), "otto", Noon.AddSeconds(2)).Enter(RunState.Recovering, Noon.AddSeconds(3), "") with { HaltConfirmedMs = 5 };
        var written = Halt(At(RunState.Running, term: 7), "otto", Noon.AddSeconds(2));

        Assert.Equal(5, RunMerge.Join(proven, written).HaltConfirmedMs);
        Assert.Equal(5, RunMerge.Join(written, proven).HaltConfirmedMs);
    }

    [Fact]
    public void Of_two_halts_the_first_counts()
    {
        var joined = RunMerge.Join(
            Halt(At(RunState.Running, term: 7), "ana", Noon.AddSeconds(3)), Halt(At(RunState.Running, term: 7), "otto", Noon.AddSeconds(2)));
        Assert.Equal("otto", joined.HaltedBy);
    }

    [Fact]
    public void What_an_older_leader_says_does_not_count_but_for_a_halt()
    {
        var old = Halt(At(RunState.Running, term: 7), "otto", Noon.AddSeconds(2)).Enter(RunState.Recovering, Noon.AddSeconds(3), "");
        var joined = RunMerge.Join(old with { Reason = "old" }, At(RunState.Running, term: 8));
        Assert.Equal((RunState.Halting, "otto", 8, ""), (joined.State, joined.HaltedBy, joined.Term, joined.Reason));
    }

    [Fact]
    public void What_is_over_stays_as_it_ended()
    {
        var over = At(RunState.Running, term: 7).Enter(RunState.Aborted, Noon.AddSeconds(4), "");
        Assert.Same(over, RunMerge.Join(Halt(At(RunState.Running, term: 9), "otto", Noon), over));
    }

    private static Run At(RunState state, long term)
    {
        var run = new Run
        {
            Id = "r",
            Experiment = BuiltInExperiments.All[0],
            State = RunState.Preflight,
            RequestedBy = "otto",
            RequestedAt = Noon,
            Phases = [new(RunState.Preflight, Noon, "")],
            Term = term,
        };
        return state == RunState.Starting
            ? run.Enter(RunState.Starting, Noon, "")
            : run.Enter(RunState.Starting, Noon, "").Enter(RunState.Running, Noon.AddSeconds(1), "");
    }

    private static Run Halt(Run run, string actor, DateTimeOffset at) =>
        run.Enter(RunState.Halting, at, "") with { HaltRequestedAt = at, HaltedBy = actor };
}
