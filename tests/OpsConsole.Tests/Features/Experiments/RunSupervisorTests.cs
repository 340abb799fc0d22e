using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class RunSupervisorTests
{
    [Fact]
    public async Task A_run_goes_from_its_start_over_its_planned_end_to_a_verdict()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Signs = bench.Signs with { LatencyP95 = 300 };
        await bench.PassAsync(55);
        Assert.Equal(RunState.Running, bench.Now(run.Id).State);
        Assert.True(bench.Engine.Renewals >= 15);

        await bench.PassAsync(1);
        Assert.Equal(RunState.Recovering, bench.Now(run.Id).State);
        Assert.Empty(bench.Engine.Active);

        await bench.PassAsync(2);
        bench.Signs = bench.Signs with { LatencyP95 = 82 };
        await bench.PassAsync(10);

        var over = bench.Now(run.Id);
        Assert.Equal(RunState.Completed, over.State);
        Assert.Equal(3, over.RecoverySeconds);
        Assert.Equal(Verdict.Degraded, over.Verdict);
        Assert.Equal(80, over.Baseline!.Signs.LatencyP95);
        Assert.Equal(300, over.During!.Signs.LatencyP95);
        Assert.Equal(82, over.Final!.Signs.LatencyP95);
        Assert.Equal(
            [TimelineKinds.RunRequested, TimelineKinds.RunStarted, TimelineKinds.RunRecovering, TimelineKinds.RunCompleted],
            bench.Store.KindsOf(Subjects.Run(run.Id)));
        var stored = await bench.Store.GetAsync(ExperimentRecords.Runs, run.Id, TestContext.Current.CancellationToken);
        Assert.Equal(RunState.Completed, stored!.Value.State);
    }

    [Fact]
    public async Task The_intent_is_on_disk_before_anything_is_injected()
    {
        using var bench = new Bench();
        await bench.PassAsync(10);
        bench.Store.Unwritable = true;
        await Assert.ThrowsAsync<Core.Records.StoreUnavailableException>(() =>
            bench.Runs.LaunchAsync("network-latency", "otto", "", null, TestContext.Current.CancellationToken));
        await bench.PassAsync(3);
        Assert.DoesNotContain(bench.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
        Assert.Empty(bench.Feed.Current.Active);
    }

    [Fact]
    public async Task One_sample_over_a_safeguard_stops_the_run_and_rolls_back_in_order()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Signs = bench.Signs with { ErrorRate = 20.1 };
        await bench.PassAsync(1);

        Assert.Empty(bench.Engine.Active);
        bench.Signs = bench.Signs with { ErrorRate = 0 };
        await bench.PassAsync(1);

        var halted = bench.Now(run.Id);
        Assert.Equal("safeguard: error rate", halted.HaltedBy);
        Assert.Equal([RollbackActionKind.StopExperiment, RollbackActionKind.ScaleUpResources], halted.Rollbacks.Select(rollback => rollback.Action.Kind));
        Assert.All(halted.Rollbacks, rollback => Assert.True(rollback.Succeeded, rollback.Detail));
        Assert.Contains("perform scale-up-resources", bench.Engine.Calls);

        await bench.PassAsync(10);
        Assert.Equal((RunState.Halted, Verdict.Degraded), (bench.Now(run.Id).State, bench.Now(run.Id).Verdict));
        Assert.Equal(
            [
                TimelineKinds.RunRequested, TimelineKinds.RunStarted, TimelineKinds.RunSafeguardTripped, TimelineKinds.RunHaltConfirmed,
                TimelineKinds.RunRollbackAction, TimelineKinds.RunRollbackAction, TimelineKinds.RunHalted,
            ],
            bench.Store.KindsOf(Subjects.Run(run.Id)));
    }

    [Fact]
    public async Task A_value_at_the_safeguard_stops_nothing()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Signs = bench.Signs with { ErrorRate = 20, LatencyP95 = 1500 };
        await bench.PassAsync(3);
        Assert.Equal(RunState.Running, bench.Now(run.Id).State);
    }

    [Fact]
    public async Task Without_fresh_health_no_lease_is_renewed_and_the_run_is_halted_within_the_grace()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync(seconds: 7);
        bench.Reporting = false;
        var renewals = bench.Engine.Renewals;
        await bench.PassAsync(4);
        Assert.Equal(renewals, bench.Engine.Renewals);
        Assert.Equal(RunState.Running, bench.Now(run.Id).State);

        await bench.PassAsync(1);
        Assert.Equal("safeguard: no fresh health", bench.Now(run.Id).HaltedBy);
        Assert.Empty(bench.Engine.Active);
    }

    [Fact]
    public async Task A_health_feed_that_stands_still_is_no_fresh_health()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        for (var second = 0; second < 6; second++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            bench.Supervisor.Look(TestContext.Current.CancellationToken);
            await bench.Supervisor.SettledAsync();
        }

        Assert.Equal("safeguard: no fresh health", bench.Now(run.Id).HaltedBy);
    }

    [Fact]
    public async Task A_run_that_is_still_going_when_the_production_window_closes_is_stopped()
    {
        using var bench = new Bench("production");
        bench.Time.SetUtcNow(new DateTimeOffset(2026, 3, 4, 16, 59, 0, TimeSpan.Zero));
        var run = await bench.RunningAsync();
        await bench.PassAsync(30);
        Assert.NotEqual(RunState.Running, bench.Now(run.Id).State);
        Assert.Contains("production window closed", bench.Now(run.Id).HaltReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_cannot_prove_the_stop_leaves_the_run_unconfirmed_until_the_lease_ran_out()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Engine.Silent = ["shop-2"];
        await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");

        var halting = bench.Now(run.Id);
        Assert.Equal(RunState.Halting, halting.State);
        Assert.Equal(["shop-2"], halting.Unconfirmed);
        Assert.Null(halting.HaltConfirmedMs);
        var renewals = bench.Engine.Renewals;

        await bench.PassAsync(9);
        Assert.Equal(RunState.Halting, bench.Now(run.Id).State);
        await bench.PassAsync(2);
        Assert.Equal(RunState.Recovering, bench.Now(run.Id).State);
        Assert.Null(bench.Now(run.Id).HaltConfirmedMs);
        Assert.Equal(renewals, bench.Engine.Renewals);
        Assert.Contains(TimelineKinds.RunHaltUnconfirmed, bench.Store.KindsOf(Subjects.Run(run.Id)));
    }

    [Fact]
    public async Task A_proof_that_comes_late_confirms_the_halt()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Engine.Silent = ["shop-2"];
        await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await bench.PassAsync(2);
        bench.Engine.Silent = [];
        await bench.PassAsync(1);
        Assert.Equal(3000, bench.Now(run.Id).HaltConfirmedMs);
        Assert.Empty(bench.Now(run.Id).Unconfirmed);
    }

    [Fact]
    public async Task An_engine_that_hangs_holds_up_neither_the_halt_nor_the_loop()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Engine.StopHangs = true;
        bench.Engine.Silent = ["shop-1"];
        var halt = bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        Assert.Equal(RunState.Halting, bench.Now(run.Id).State);
        while (!halt.IsCompleted)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        Assert.IsType<HaltOutcome.Ordered>(await halt);
        Assert.Equal(["shop-1"], bench.Now(run.Id).Unconfirmed);
    }

    [Fact]
    public async Task A_restarted_console_closes_what_the_one_before_left_and_says_so()
    {
        var first = new Bench();
        var run = await first.RunningAsync();
        using var second = new Bench(store: first.Store, engine: first.Engine, time: first.Time);
        await second.PassAsync(1);

        var aborted = second.Now(run.Id);
        Assert.Equal(RunState.Aborted, aborted.State);
        Assert.Equal(Actors.Console, aborted.HaltedBy);
        Assert.Contains("The console ended while it was Running", aborted.HaltReason, StringComparison.Ordinal);
        Assert.Empty(second.Engine.Active);
        Assert.Contains(TimelineKinds.RunAborted, second.Store.KindsOf(Subjects.Run(run.Id)));
        first.Dispose();
    }

    [Fact]
    public async Task A_restarted_console_keeps_the_lever_engaged()
    {
        using var first = new Bench();
        await first.PassAsync(1);
        await first.Levers.EngageAsync("ada", "incident 7");
        using var second = new Bench(store: first.Store, engine: first.Engine, time: first.Time);
        await second.PassAsync(3);
        var refused = Assert.IsType<LaunchOutcome.Refused>(
            await second.Runs.LaunchAsync("network-latency", "otto", "", null, TestContext.Current.CancellationToken));
        Assert.Contains("ada", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("incident 7", refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_that_nobody_owns_is_halted_and_written_down_once()
    {
        using var bench = new Bench();
        await bench.PassAsync(1);
        bench.Engine.Active["20200101-000000-abcdef"] = new("20200101-000000-abcdef", "storefront", [], bench.Time.GetUtcNow(), bench.Time.GetUtcNow());
        bench.Engine.Silent = ["shop-1"];
        await bench.PassAsync(20);
        Assert.Contains("stop 20200101-000000-abcdef", bench.Engine.Calls);
        Assert.Single(bench.Store.KindsOf(Subjects.Run("20200101-000000-abcdef")));
    }

    [Fact]
    public async Task A_start_that_the_engine_refuses_fails_the_run_with_its_reason()
    {
        using var bench = new Bench();
        await bench.PassAsync(10);
        bench.Engine.StartProblem = "No agent took the order.";
        var launched = (LaunchOutcome.Accepted)await bench.Runs.LaunchAsync("network-latency", "otto", "", null, TestContext.Current.CancellationToken);
        await bench.PassAsync(1);
        Assert.Equal(RunState.Failed, bench.Now(launched.Run.Id).State);
        Assert.Equal("No agent took the order.", bench.Now(launched.Run.Id).Phases[^1].Why);
    }

    [Fact]
    public async Task A_halt_during_the_start_wins_over_the_start()
    {
        using var bench = new Bench();
        await bench.PassAsync(10);
        bench.Engine.HoldStart = new();
        var launched = (LaunchOutcome.Accepted)await bench.Runs.LaunchAsync("network-latency", "otto", "", null, TestContext.Current.CancellationToken);
        bench.Supervisor.Look(TestContext.Current.CancellationToken);
        var halt = bench.Halts.HaltRunAsync(launched.Run.Id, "otto", "no, wait");
        bench.Engine.HoldStart.SetResult();
        await halt;
        await bench.Supervisor.SettledAsync();
        Assert.Empty(bench.Engine.Active);
        Assert.Equal(RunState.Recovering, bench.Now(launched.Run.Id).State);
    }

    [Fact]
    public async Task A_shutdown_in_order_ends_what_runs()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        await bench.Supervisor.StopAsync(TestContext.Current.CancellationToken);
        Assert.Empty(bench.Engine.Active);
        Assert.Equal(RunState.Aborted, bench.Now(run.Id).State);
    }

    [Fact]
    public async Task A_service_that_does_not_come_back_is_given_up_after_five_minutes()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync(seconds: 20);
        bench.Signs = bench.Signs with { LatencyP95 = 900 };
        await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await bench.PassAsync(301);
        var over = bench.Now(run.Id);
        Assert.Equal((RunState.Halted, Verdict.Degraded), (over.State, over.Verdict));
        Assert.Null(over.RecoverySeconds);
        Assert.Contains("Not recovered", over.Phases[^1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_instances_report_is_on_the_run()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        Assert.Equal(3, bench.Now(run.Id).Reports.Length);
        Assert.All(bench.Now(run.Id).Reports, report => Assert.Equal((true, 7L), (report.Active, report.Injected)));

        await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await bench.PassAsync(1);
        Assert.All(bench.Now(run.Id).Reports, report => Assert.Equal((false, 7L), (report.Active, report.Injected)));
    }
}
