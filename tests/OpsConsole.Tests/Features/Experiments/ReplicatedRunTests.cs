using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>Runs with more than one replica: carried out once, halted by anybody, taken over by the next.</summary>
public sealed class ReplicatedRunTests
{
    [Fact]
    public async Task A_run_that_is_launched_at_a_follower_is_carried_out_by_the_leader_and_seen_at_both()
    {
        using var two = await TwoReplicas.SteadyAsync();

        var run = await two.RunningAsync();

        Assert.Equal(["start " + run.Id], two.First.Engine.Calls.Where(call => call.StartsWith("start", StringComparison.Ordinal)));
        Assert.DoesNotContain(two.Second.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
        Assert.Equal(RunState.Running, two.Second.Now(run.Id).State);
        Assert.All(two.Second.Now(run.Id).Reports, report => Assert.Equal(7, report.Injected));
        Assert.NotEmpty(two.Second.Now(run.Id).Reports);
        Assert.Equal(two.First.Leadership.Term, (await two.StoredAsync(run.Id)).Term);
    }

    [Fact]
    public async Task Of_two_launches_at_two_replicas_at_once_one_wins()
    {
        for (var round = 0; round < 20; round++)
        {
            using var two = await TwoReplicas.SteadyAsync();

            var outcomes = await Task.WhenAll(((Bench[])[two.First, two.Second]).Select(bench =>
                Task.Run(() => bench.Runs.LaunchAsync("network-latency", "otto", "", null, CancellationToken.None))));
            await two.PassAsync(3);

            var won = Assert.Single(outcomes.OfType<LaunchOutcome.Accepted>()).Run;
            Assert.Equal(won.Id, Assert.Single(outcomes.OfType<LaunchOutcome.Busy>()).Other.Id);
            Assert.Equal(won.Id, Assert.Single(two.First.Book.Now.Active).Id);
            Assert.Equal(won.Id, Assert.Single(two.First.Engine.Active).Key);
        }
    }

    [Fact]
    public async Task A_launch_that_is_repeated_at_another_replica_finds_the_same_run()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await TwoReplicas.LaunchAsync(two.First, "once");

        var again = Assert.IsType<LaunchOutcome.Accepted>(
            await two.Second.Runs.LaunchAsync("network-latency", "otto", "", "once", CancellationToken.None));

        Assert.True(again.Repeated);
        Assert.Equal(run.Id, again.Run.Id);
    }

    [Fact]
    public async Task A_halt_at_a_follower_is_proven_by_the_leaders_engine_and_told_once()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();

        var halted = Assert.IsType<HaltOutcome.Ordered>(await two.Second.Halts.HaltRunAsync(run.Id, "otto", "seen enough")).Run;

        Assert.Equal((RunState.Recovering, "otto"), (halted.State, halted.HaltedBy));
        Assert.NotNull(halted.HaltConfirmedMs);
        Assert.Empty(two.First.Engine.Active);
        await two.PassAsync(15);
        var stored = await two.StoredAsync(run.Id);
        Assert.Equal((RunState.Halted, "otto", "seen enough"), (stored.State, stored.HaltedBy, stored.HaltReason));
        Assert.Equal(
            [TimelineKinds.RunRequested, TimelineKinds.RunStarted, TimelineKinds.RunHalting, TimelineKinds.RunHaltConfirmed, TimelineKinds.RunHalted],
            two.Store.KindsOf(Subjects.Run(run.Id)));
    }

    [Fact]
    public async Task Halt_all_at_a_follower_halts_what_only_the_leader_knows_of()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await TwoReplicas.LaunchAsync(two.First);
        await two.First.LookAsync();
        Assert.Null(two.Second.Book.Find(run.Id));

        var all = await two.Second.Halts.HaltAllAsync("otto", "fire");

        Assert.Equal((1, 1), (all.Halted, all.Confirmed));
        Assert.Empty(two.First.Engine.Active);
        await two.PassAsync(2);
        Assert.Equal("otto", (await two.StoredAsync(run.Id)).HaltedBy);
        Assert.Single(two.Store.KindsOf(Subjects.Run(run.Id)), kind => kind == TimelineKinds.RunHalting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_halt_at_a_follower_does_not_wait_for_a_leader_that_is_cut_off_and_is_carried_out_through_the_store(bool everything)
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();
        two.IsReachable = false;

        if (everything)
        {
            var all = await two.Second.Halts.HaltAllAsync("otto", "fire");
            Assert.Equal((1, 0), (all.Halted, all.Confirmed));
            Assert.Equal(["shop-1", "shop-2", "shop-3"], Assert.Single(all.Unconfirmed).Targets);
        }
        else
        {
            var halted = Assert.IsType<HaltOutcome.Ordered>(await two.Second.Halts.HaltRunAsync(run.Id, "otto", "fire")).Run;
            Assert.Equal(RunState.Halting, halted.State);
            Assert.NotNull(halted.ExpiresAt);
        }

        await two.PassAsync(2);
        Assert.Empty(two.First.Engine.Active);
        Assert.Equal("otto", two.First.Now(run.Id).HaltedBy);
        Assert.True(two.First.Now(run.Id).State > RunState.Halting);
    }

    [Fact]
    public async Task A_halt_that_was_pressed_while_the_leader_was_dead_is_carried_out_by_the_next()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();
        two.Pause(two.First);

        await two.Second.Halts.HaltRunAsync(run.Id, "otto", "fire");
        await two.PassAsync(25);

        Assert.True(two.Second.Leadership.IsLeader);
        var stored = await two.StoredAsync(run.Id);
        Assert.Equal((RunState.Halted, "otto", "fire"), (stored.State, stored.HaltedBy, stored.HaltReason));
    }

    [Fact]
    public async Task A_run_whose_leader_dies_is_closed_by_the_next_because_its_faults_ended_by_their_lease()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();
        two.Pause(two.First);

        await two.PassAsync(7);

        Assert.Equal(RunState.Aborted, (await two.StoredAsync(run.Id)).State);
        Assert.DoesNotContain(two.Second.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_on_an_engine_that_goes_on_without_a_console_is_taken_over_and_not_started_again()
    {
        using var two = await TwoReplicas.SteadyAsync(sharedEngine: true);
        var run = await two.RunningAsync();
        two.Pause(two.First);

        await two.PassAsync(8);

        Assert.Equal(RunState.Running, two.Second.Now(run.Id).State);
        Assert.Equal(two.Second.Leadership.Term, (await two.StoredAsync(run.Id)).Term);
        await two.Second.Halts.HaltRunAsync(run.Id, "otto", "seen enough");
        Assert.Empty(two.Second.Engine.Active);
        Assert.Single(two.First.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
        await two.PassAsync(15);
        Assert.Equal(RunState.Halted, (await two.StoredAsync(run.Id)).State);
    }

    [Fact]
    public async Task A_paused_leader_that_goes_on_gives_no_command_and_writes_nothing()
    {
        using var two = await TwoReplicas.SteadyAsync(sharedEngine: true);
        var run = await two.RunningAsync();
        two.Pause(two.First);
        await two.PassAsync(8);
        var stored = await two.StoredAsync(run.Id);
        var calls = two.First.Engine.Calls.ToList();

        // It goes on in the middle of what it did, before it has looked at its lease. The safeguard would trip now.
        two.First.Signs = two.First.Signs with { ErrorRate = 100 };
        await two.First.LookAsync();
        await two.First.LookAsync();

        Assert.Equal(calls, two.First.Engine.Calls);
        Assert.Null(await two.First.Calls.StartAsync(run, new FaultOrder("x", "storefront", [], default, default), CancellationToken.None));
        Assert.Equal(stored.Phases, (await two.StoredAsync(run.Id)).Phases);

        // Then it looks at its lease, and follows.
        two.Continue(two.First);
        two.First.Signs = two.Second.Signs;
        await two.PassAsync(2);
        Assert.False(two.First.Leadership.IsLastLeader);
        Assert.Equal(RunState.Running, two.First.Now(run.Id).State);
        Assert.Contains(run.Id, two.Second.Engine.Active.Keys);
    }

    [Fact]
    public async Task What_an_older_leader_writes_is_refused_and_does_not_overwrite_what_the_newer_has_written()
    {
        using var two = await TwoReplicas.SteadyAsync(sharedEngine: true);
        var run = await two.RunningAsync();
        await two.UsurpAsync();
        await two.Second.LookAsync();
        Assert.Equal(two.Second.Leadership.Term, (await two.StoredAsync(run.Id)).Term);
        var events = two.Store.KindsOf(Subjects.Run(run.Id)).ToList();

        two.First.Book.Change(run.Id, old => old.Enter(RunState.Recovering, old.RequestedAt, "Said late.") with { Reason = "of yesterday" });
        await two.First.Records.RecordAsync(run.Id, two.First.Now(run.Id).Event(Actors.Supervisor, TimelineKinds.RunRecovering, "Said late."));

        var stored = await two.StoredAsync(run.Id);
        Assert.Equal((RunState.Running, "to see"), (stored.State, stored.Reason));
        Assert.Equal(events, two.Store.KindsOf(Subjects.Run(run.Id)));
        Assert.Equal(RunState.Running, two.First.Now(run.Id).State);
    }

    [Fact]
    public async Task Of_two_who_believe_that_they_lead_one_starts_a_run()
    {
        using var two = await TwoReplicas.SteadyAsync();
        await two.UsurpAsync();
        var run = await TwoReplicas.LaunchAsync(two.First);
        await two.Second.Sync.LookAsync(CancellationToken.None);

        await Task.WhenAll(two.First.LookAsync(), two.Second.LookAsync());
        await Task.WhenAll(two.First.LookAsync(), two.Second.LookAsync());

        Assert.Single(two.First.Engine.Calls.Concat(two.Second.Engine.Calls), call => call == "start " + run.Id);
    }

    [Fact]
    public async Task A_run_that_a_dead_leader_had_begun_to_start_is_not_started_again()
    {
        using var two = await TwoReplicas.SteadyAsync();
        two.First.Engine.HoldStart = new TaskCompletionSource();
        var run = await TwoReplicas.LaunchAsync(two.Second);
        await two.First.Sync.LookAsync(CancellationToken.None);
        two.First.Supervisor.Look(CancellationToken.None);
        await UntilAsync(() => two.First.Engine.Calls.Contains("start " + run.Id));
        two.Pause(two.First);

        await two.PassAsync(8);

        var over = await two.StoredAsync(run.Id);
        Assert.True(over.IsOver);
        Assert.DoesNotContain("start " + run.Id, two.Second.Engine.Calls);
        two.First.Engine.HoldStart.SetResult();
        await two.First.Supervisor.SettledAsync();
        Assert.Equal(over.State, (await two.StoredAsync(run.Id)).State);
    }

    [Fact]
    public async Task A_run_that_nobody_had_begun_to_start_is_started_by_the_next_leader()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await TwoReplicas.LaunchAsync(two.Second);
        two.Pause(two.First);

        await two.PassAsync(8);

        Assert.Equal(RunState.Running, (await two.StoredAsync(run.Id)).State);
        Assert.Single(two.Second.Engine.Calls, call => call == "start " + run.Id);
        Assert.DoesNotContain("start " + run.Id, two.First.Engine.Calls);
    }

    [Fact]
    public async Task A_run_that_waited_too_long_for_a_leader_is_not_started()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await TwoReplicas.LaunchAsync(two.Second);
        two.Pause(two.First);
        two.Pause(two.Second);
        await two.PassAsync(20);
        two.Continue(two.Second);

        await two.PassAsync(8);

        Assert.Equal(RunState.Failed, (await two.StoredAsync(run.Id)).State);
        Assert.DoesNotContain("start " + run.Id, two.Second.Engine.Calls);
    }

    [Fact]
    public async Task A_lever_that_is_engaged_at_a_follower_halts_at_the_leader_and_refuses_launches_at_both()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();

        await two.Second.Levers.EngageAsync("ana", "incident");
        await two.PassAsync(15);

        Assert.Empty(two.First.Engine.Active);
        Assert.Equal("ana", (await two.StoredAsync(run.Id)).HaltedBy);
        Assert.True(two.First.Levers.Now.Engaged);
        Assert.IsType<LaunchOutcome.Refused>(await two.First.Runs.LaunchAsync("network-latency", "otto", "", null, CancellationToken.None));

        await two.First.Levers.DisengageAsync("ada", "over", CancellationToken.None);
        await two.PassAsync(2);
        Assert.False(two.Second.Levers.Now.Engaged);
    }

    [Fact]
    public async Task A_leader_that_ends_in_order_ends_its_runs_before_it_gives_its_lease_back()
    {
        using var two = await TwoReplicas.SteadyAsync();
        var run = await two.RunningAsync();

        await two.First.Supervisor.StoppingAsync(CancellationToken.None);

        Assert.True(two.First.Leadership.IsLeader);
        Assert.Empty(two.First.Engine.Active);
        Assert.Equal(RunState.Aborted, (await two.StoredAsync(run.Id)).State);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
