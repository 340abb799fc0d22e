using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>What a console makes of what the one before left, and of its own runs after it has stood still.</summary>
public sealed class RestartTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, RunState.Halted)]
    [InlineData(false, RunState.Completed)]
    public async Task A_recovery_is_measured_on_and_ends_as_it_would_have(bool halted, RunState ends)
    {
        using var first = new Bench();
        var run = await RecoveringAsync(first, halted);
        await first.PassAsync(3);

        using var second = first.Restarted(secondsLater: 30);
        await second.PassAsync(4);
        Assert.Equal(RunState.Recovering, second.Now(run.Id).State);
        second.Signs = second.Signs with { LatencyP95 = 82 };
        await second.PassAsync(8);

        var over = second.Now(run.Id);
        Assert.Equal(ends, over.State);
        Assert.Equal(38, over.RecoverySeconds);
        Assert.False(over.RecoveryIsUpperBound);
        Assert.Equal((Verdict.Degraded, 80, 900), (over.Verdict, over.Baseline!.Signs.LatencyP95, over.During!.Signs.LatencyP95));
        Assert.Equal(40 * over.During.Samples, over.During.Requests);
        var gap = Assert.Single(over.EvidenceGaps);
        Assert.Equal(TimeSpan.FromSeconds(30), gap.To - gap.From);
        Assert.Contains("Nobody watched from", over.Phases[^1].Why, StringComparison.Ordinal);
        Assert.Single(second.Store.KindsOf(Subjects.Run(run.Id)), kind => kind == TimelineKinds.RunAdopted);
    }

    [Fact]
    public async Task A_service_that_is_back_at_the_first_look_has_recovered_at_most_that_late()
    {
        using var first = new Bench();
        var run = await RecoveringAsync(first, halted: true);
        await first.PassAsync(2);

        using var second = first.Restarted(secondsLater: 40);
        second.Signs = second.Signs with { LatencyP95 = 80 };
        await second.PassAsync(6);

        Assert.Equal((RunState.Halted, 43, true), (second.Now(run.Id).State, second.Now(run.Id).RecoverySeconds, second.Now(run.Id).RecoveryIsUpperBound));
        Assert.Contains("Recovered after at most 43.0 s", second.Now(run.Id).Phases[^1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_without_a_console_costs_no_patience()
    {
        using var first = new Bench();
        var run = await RecoveringAsync(first, halted: true);
        await first.PassAsync(200);

        using var second = first.Restarted(secondsLater: 3600);
        await second.PassAsync(90);
        Assert.Equal(RunState.Recovering, second.Now(run.Id).State);
        await second.PassAsync(11);
        Assert.Equal(RunState.Halted, second.Now(run.Id).State);
        Assert.Contains("Not recovered", second.Now(run.Id).Phases[^1].Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recovery_is_measured_on_without_a_history_too()
    {
        using var first = new Bench();
        var run = await RecoveringAsync(first, halted: true);
        first.History.Broken = true;
        using var second = first.Restarted(secondsLater: 5);
        second.Signs = second.Signs with { LatencyP95 = 80 };
        await second.PassAsync(6);
        Assert.Equal((RunState.Halted, Verdict.Inconclusive), (second.Now(run.Id).State, second.Now(run.Id).Verdict));
    }

    [Fact]
    public async Task A_halt_that_was_under_way_is_proven_and_keeps_who_halted()
    {
        using var first = new Bench();
        var run = await first.RunningAsync(seconds: 10);
        first.Engine.HoldProof = new();
        first.Engine.Silent = ["shop-2"];
        var halt = first.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await StoredAsync(first, run.Id, RunState.Halting);

        using var second = first.Restarted(secondsLater: 2);
        first.Engine.HoldProof = null;
        await second.PassAsync(1);
        Assert.Equal((RunState.Halting, "otto"), (second.Now(run.Id).State, second.Now(run.Id).HaltedBy));
        second.Engine.Silent = [];
        await second.PassAsync(8);

        var over = second.Now(run.Id);
        Assert.Equal((RunState.Halted, "otto", "enough"), (over.State, over.HaltedBy, over.HaltReason));
        Assert.InRange(over.HaltConfirmedMs!.Value, 3000, 5000);
        Assert.Single(over.EvidenceGaps);
        Assert.Empty(second.Engine.Active);
        await halt;
    }

    [Theory]
    [InlineData(RunState.Preflight, "before anything was injected")]
    [InlineData(RunState.Starting, "while it was Starting")]
    [InlineData(RunState.Running, "while it was Running")]
    public async Task What_was_injected_ended_with_its_console_and_is_closed(RunState left, string sentence)
    {
        using var first = new Bench();
        var run = await first.RunningAsync();
        var stored = (await first.Store.GetAsync(ExperimentRecords.Runs, run.Id, Cancelled))!;
        await first.Store.SaveAsync(
            ExperimentRecords.Runs, run.Id, run with { State = left }, stored.Revision, new() { Actor = "test", Kind = "test", Subject = "test" }, Cancelled);

        using var second = first.Restarted(secondsLater: 3);
        await second.PassAsync(1);

        Assert.Equal((RunState.Aborted, Verdict.Inconclusive), (second.Now(run.Id).State, second.Now(run.Id).Verdict));
        Assert.Contains(sentence, second.Now(run.Id).HaltReason, StringComparison.Ordinal);
        Assert.Empty(second.Engine.Active);
        await StoredAsync(second, run.Id, RunState.Aborted);
    }

    [Fact]
    public async Task A_console_that_stood_still_for_longer_than_a_lease_renews_nothing_and_closes_its_run()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        var renewals = bench.Engine.Renewals;

        bench.Time.Advance(TimeSpan.FromSeconds(12));
        await bench.LookAsync();

        Assert.Equal(renewals, bench.Engine.Renewals);
        Assert.Equal(RunState.Aborted, bench.Now(run.Id).State);
        Assert.Contains("No lease was renewed for", bench.Now(run.Id).HaltReason, StringComparison.Ordinal);
        Assert.Empty(bench.Engine.Active);
    }

    [Fact]
    public async Task A_run_that_another_console_has_closed_stays_as_it_ended_there()
    {
        using var zombie = new Bench();
        var run = await zombie.RunningAsync();
        using var other = zombie.Restarted(zombie: true);
        await other.PassAsync(1);
        Assert.Equal(RunState.Aborted, other.Now(run.Id).State);

        await zombie.Halts.HaltRunAsync(run.Id, "otto", "late");

        Assert.Equal(RunState.Aborted, zombie.Now(run.Id).State);
        await StoredAsync(zombie, run.Id, RunState.Aborted);
        Assert.Contains(zombie.Store.Entries, entry => entry.Kind == TimelineKinds.RunHalting && entry.Actor == "otto");
    }

    [Fact]
    public async Task A_shutdown_in_the_middle_of_a_halt_leaves_the_halt_to_the_next_console()
    {
        using var first = new Bench();
        var run = await first.RunningAsync();
        first.Engine.Silent = ["shop-2"];
        await first.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await first.Supervisor.StopAsync(Cancelled);
        await StoredAsync(first, run.Id, RunState.Halting);

        using var second = first.Restarted();
        second.Engine.Silent = [];
        await second.PassAsync(8);
        Assert.Equal((RunState.Halted, "otto"), (second.Now(run.Id).State, second.Now(run.Id).HaltedBy));
    }

    private static async Task<Run> RecoveringAsync(Bench bench, bool halted)
    {
        var run = await bench.RunningAsync(seconds: 2);
        bench.Signs = bench.Signs with { LatencyP95 = 900 };
        if (halted)
        {
            await bench.PassAsync(20);
            await bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        }
        else
        {
            while (bench.Now(run.Id).State == RunState.Running)
            {
                await bench.PassAsync(1);
            }
        }

        Assert.Equal(RunState.Recovering, bench.Now(run.Id).State);
        return bench.Now(run.Id);
    }

    private static async Task StoredAsync(Bench bench, string id, RunState state)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await bench.Store.GetAsync(ExperimentRecords.Runs, id, Cancelled))!.Value.State != state)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }
}
