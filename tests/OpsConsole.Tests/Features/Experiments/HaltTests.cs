using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class HaltTests
{
    [Fact]
    public async Task A_halt_is_proven_and_says_by_whom_and_why()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        var halted = Assert.IsType<HaltOutcome.Ordered>(await bench.Halts.HaltRunAsync(run.Id, "otto", "seen enough")).Run;
        Assert.Equal((RunState.Recovering, "otto", "seen enough"), (halted.State, halted.HaltedBy, halted.HaltReason));
        Assert.NotNull(halted.HaltConfirmedMs);
        Assert.Empty(bench.Engine.Active);
    }

    [Fact]
    public async Task A_halt_goes_ahead_with_a_store_that_cannot_be_written_and_is_recorded_when_it_is_back()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Store.Problem = "The disk is gone.";
        var all = await bench.Halts.HaltAllAsync("otto", "fire");

        Assert.Equal((1, 1), (all.Halted, all.Confirmed));
        Assert.Empty(bench.Engine.Active);
        Assert.Contains(bench.Store.Journal, entry => entry.Kind == TimelineKinds.RunHalting && entry.Actor == "otto" && entry.Reason == "fire");

        await bench.PassAsync(12);
        Assert.Equal(RunState.Halted, bench.Now(run.Id).State);
        bench.Store.Problem = null;
        await bench.PassAsync(2);
        var stored = await bench.Store.GetAsync(ExperimentRecords.Runs, run.Id, TestContext.Current.CancellationToken);
        Assert.Equal((RunState.Halted, "otto"), (stored!.Value.State, stored.Value.HaltedBy));
    }

    [Fact]
    public async Task Halt_all_works_without_health_and_ends_what_nobody_owns()
    {
        using var bench = new Bench();
        await bench.RunningAsync();
        bench.Reporting = false;
        bench.Engine.Active["orphan"] = new("orphan", "storefront", [], bench.Time.GetUtcNow(), bench.Time.GetUtcNow());
        var all = await bench.Halts.HaltAllAsync("otto", "");
        Assert.Empty(bench.Engine.Active);
        Assert.Empty(all.Unconfirmed);
        Assert.Contains("stop everything", bench.Engine.Calls);
    }

    [Fact]
    public async Task Halt_all_names_what_could_not_be_confirmed_and_when_it_ends_by_itself()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Engine.Silent = ["shop-3"];
        var all = await bench.Halts.HaltAllAsync("otto", "");
        Assert.Equal((1, 0), (all.Halted, all.Confirmed));
        var left = Assert.Single(all.Unconfirmed);
        Assert.Equal((run.Id, "shop-3"), (left.Run, Assert.Single(left.Targets)));
        Assert.Equal(bench.Time.GetUtcNow() + bench.Engine.LeaseDuration, left.ExpiresAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Halt_all_answers_although_the_engine_hangs_and_confirms_nothing(bool blocking)
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        using var release = new ManualResetEventSlim();
        bench.Engine.Blocks = blocking ? release : null;
        bench.Engine.Hangs = !blocking;

        var halt = bench.Halts.HaltAllAsync("otto", "fire");
        Assert.Equal((RunState.Halting, "otto"), (bench.Now(run.Id).State, bench.Now(run.Id).HaltedBy));
        for (var waited = 0; !halt.IsCompleted; waited++)
        {
            Assert.InRange(waited, 0, 3000);
            bench.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        var all = await halt;
        Assert.Equal((1, 0), (all.Halted, all.Confirmed));
        Assert.Equal(["shop-1", "shop-2", "shop-3"], Assert.Single(all.Unconfirmed).Targets);
        Assert.Contains(TimelineKinds.RunHaltUnconfirmed, bench.Store.KindsOf(Subjects.Run(run.Id)));
        release.Set();
    }

    [Fact]
    public async Task An_instance_that_answers_after_its_lease_ran_out_confirms_the_halt_late()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Signs = bench.Signs with { LatencyP95 = 900 };
        bench.Engine.Silent = ["shop-2"];
        await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await bench.PassAsync(12);
        Assert.Equal((RunState.Recovering, null), (bench.Now(run.Id).State, bench.Now(run.Id).HaltConfirmedMs));
        Assert.Equal(["shop-2"], bench.Now(run.Id).Unconfirmed);

        bench.Engine.Silent = [];
        await bench.PassAsync(1);
        Assert.Empty(bench.Now(run.Id).Unconfirmed);
        Assert.Equal(13_000, bench.Now(run.Id).HaltConfirmedMs);
        Assert.Contains(TimelineKinds.RunHaltConfirmed, bench.Store.KindsOf(Subjects.Run(run.Id)));
    }

    [Fact]
    public async Task A_store_that_hangs_does_not_hold_up_the_answer_to_a_halt()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        using var release = new ManualResetEventSlim();
        bench.Store.Blocks = release;
        var halt = bench.Halts.HaltRunAsync(run.Id, "otto", "fire");
        for (var waited = 0; !halt.IsCompleted; waited++)
        {
            Assert.InRange(waited, 0, 3000);
            bench.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(RunState.Recovering, bench.Now(run.Id).State);
        release.Set();
    }

    [Fact]
    public async Task A_halt_of_a_run_that_is_not_known_still_reaches_the_engine()
    {
        using var bench = new Bench();
        Assert.IsType<HaltOutcome.Unknown>(await bench.Halts.HaltRunAsync("nobody-knows", "otto", ""));
        Assert.Contains("stop nobody-knows", bench.Engine.Calls);
    }

    [Fact]
    public async Task Pressing_halt_twice_keeps_who_pressed_first()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        bench.Engine.Silent = ["shop-3"];
        await bench.Halts.HaltRunAsync(run.Id, "otto", "first");
        await bench.Halts.HaltRunAsync(run.Id, "ada", "second");
        Assert.Equal(("otto", "first"), (bench.Now(run.Id).HaltedBy, bench.Now(run.Id).HaltReason));
        Assert.Single(bench.Store.KindsOf(Subjects.Run(run.Id)), kind => kind == TimelineKinds.RunHalting);
    }

    [Fact]
    public async Task An_engaged_lever_halts_what_runs_and_refuses_what_is_launched()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        var halt = await bench.Levers.EngageAsync("otto", "incident 12");
        Assert.Equal(1, halt.Confirmed);
        Assert.Equal("otto", bench.Now(run.Id).HaltedBy);
        var refused = Assert.IsType<LaunchOutcome.Refused>(
            await LaunchOnAnotherServiceAsync(bench));
        Assert.Contains("otto", refused.Sentence, StringComparison.Ordinal);
        Assert.Contains("incident 12", refused.Sentence, StringComparison.Ordinal);

        await bench.PassAsync(15);
        await bench.Levers.DisengageAsync("ada", "over", TestContext.Current.CancellationToken);
        Assert.IsType<LaunchOutcome.Accepted>(
            await bench.Runs.LaunchAsync("network-latency", "otto", "", null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_lever_engages_without_a_store_and_is_written_when_it_is_back()
    {
        using var bench = new Bench();
        await bench.PassAsync(1);
        bench.Store.Problem = "The disk is gone.";
        await bench.Levers.EngageAsync("otto", "fire");
        Assert.True(bench.Feed.Current.Lever.Engaged);
        await Assert.ThrowsAsync<Core.Records.StoreUnavailableException>(() =>
            bench.Levers.DisengageAsync("ada", "over", TestContext.Current.CancellationToken));
        Assert.True(bench.Feed.Current.Lever.Engaged);

        bench.Store.Problem = null;
        await bench.PassAsync(2);
        var stored = await bench.Store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, TestContext.Current.CancellationToken);
        Assert.True(stored!.Value.Engaged);
        Assert.Single(bench.Store.Entries, entry => entry.Kind == TimelineKinds.LeverEngaged && entry.Data.ContainsKey("journaledAt"));
        Assert.Empty(bench.Store.Kept);
    }

    [Fact]
    public async Task A_lever_that_was_engaged_without_a_store_is_engaged_after_a_restart_too()
    {
        using var first = new Bench();
        await first.PassAsync(1);
        first.Store.Unwritable = true;
        await first.Levers.EngageAsync("otto", "fire");
        Assert.Equal(JournalPlace.Journal, first.Levers.Place);

        using var second = first.Restarted(secondsLater: 5);
        second.Store.Unwritable = true;
        await second.PassAsync(1);
        Assert.Equal((true, "otto", "fire"), (second.Levers.Now.Engaged, second.Levers.Now.Actor, second.Levers.Now.Reason));

        second.Store.Unwritable = false;
        await second.PassAsync(2);
        var stored = await second.Store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, TestContext.Current.CancellationToken);
        Assert.True(stored!.Value.Engaged);
        Assert.Empty(second.Store.Kept);
    }

    [Fact]
    public async Task A_disengaged_lever_is_not_engaged_again_by_what_was_kept()
    {
        using var first = new Bench();
        await first.PassAsync(1);
        first.Store.Unwritable = true;
        await first.Levers.EngageAsync("otto", "fire");
        first.Store.Unwritable = false;
        await first.Levers.DisengageAsync("ada", "over", TestContext.Current.CancellationToken);

        using var second = first.Restarted();
        await second.PassAsync(2);
        Assert.False(second.Levers.Now.Engaged);
    }

    private static async Task<LaunchOutcome> LaunchOnAnotherServiceAsync(Bench bench)
    {
        await new OpsConsole.Features.Experiments.ExperimentService(bench.Store, new(bench.Parameters)).SaveAsync(
            BuiltInExperiments.Find("network-latency")! with { Id = "mine", Service = "warehouse" }, 0, "otto", "", TestContext.Current.CancellationToken);
        return await bench.Runs.LaunchAsync("mine", "otto", "", null, TestContext.Current.CancellationToken);
    }
}
