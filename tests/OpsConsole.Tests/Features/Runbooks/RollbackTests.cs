using OpsConsole.Core.Experiments;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;
using OpsConsole.Tests.Features.Experiments;

namespace OpsConsole.Tests.Features.Runbooks;

/// <summary>Rollback actions that are carried out as runbooks.</summary>
public sealed class RollbackTests
{
    [Fact]
    public async Task Scaling_up_is_the_runbook_of_that_name_and_the_run_waits_for_it()
    {
        using var bench = new Bench(runbooks: new FakeRunbooks().Add("scale-up-resources", ("Group", "{service}"), ("Run", "{runId}/{experiment}")));
        var run = await TrippedAsync(bench);
        await bench.PassAsync(20);

        Assert.Equal(RunState.Recovering, bench.Now(run.Id).State);
        Assert.Single(bench.Now(run.Id).Rollbacks);
        Assert.DoesNotContain("perform scale-up-resources", bench.Engine.Calls);
        var order = Assert.Single(bench.Runbooks.Engine.Orders);
        Assert.Equal(["storefront"], order.Parameters["Group"]);
        Assert.Equal([$"{run.Id}/network-latency"], order.Parameters["Run"]);

        bench.Runbooks.Engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        await bench.PassAsync(3);

        var over = bench.Now(run.Id);
        var outcome = over.Rollbacks[1];
        Assert.Equal(RunState.Halted, over.State);
        Assert.Equal((true, "scale-up-resources succeeded after 30 s.", run.Id + "-2"), (outcome.Succeeded, outcome.Detail, outcome.Execution));
        var told = bench.Store.Entries.Last(entry => entry.Kind == TimelineKinds.RunRollbackAction);
        Assert.Equal(run.Id + "-2", told.Data["execution"]);
        Assert.Equal(run.Id, bench.Store.Entries.First(entry => entry.Kind == TimelineKinds.RunbookRequested).Data["run"]);
    }

    [Fact]
    public async Task A_run_does_not_wait_for_its_runbook_for_ever()
    {
        using var bench = new Bench(runbooks: new FakeRunbooks().Add("scale-up-resources"));
        var run = await TrippedAsync(bench);
        bench.Runbooks.Engine.Reading = FakeRunbooks.Read(RunbookState.Waiting, FakeRunbooks.Approval("Confirm"));
        await bench.PassAsync(305);

        var outcome = bench.Now(run.Id).Rollbacks[1];
        Assert.Equal(RunState.Halted, bench.Now(run.Id).State);
        Assert.False(outcome.Succeeded);
        Assert.Equal("scale-up-resources waits for approval at step Confirm. The run waits for it no longer; it goes on.", outcome.Detail);
    }

    [Fact]
    public async Task A_console_that_is_killed_while_it_rolls_back_goes_on_with_the_same_execution()
    {
        using var first = new Bench(runbooks: new FakeRunbooks().Add("scale-up-resources"));
        var run = await TrippedAsync(first);
        await first.PassAsync(2);
        Assert.Single(first.Runbooks.Engine.Started);

        using var second = first.Restarted(secondsLater: 3);
        await second.PassAsync(3);
        second.Runbooks.Engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        await second.PassAsync(3);

        Assert.Single(second.Runbooks.Engine.Started);
        Assert.Equal((2, true), (second.Now(run.Id).Rollbacks.Length, second.Now(run.Id).Rollbacks[1].Succeeded));
    }

    [Fact]
    public async Task A_runbook_that_is_not_defined_is_said_to_be_missing_and_the_next_action_follows()
    {
        using var bench = new Bench(runbooks: new FakeRunbooks().Add("scale-up-resources"));
        var experiment = BuiltInExperiments.Find("network-latency")! with
        {
            Id = "mine",
            BuiltIn = false,
            RollbackActions = [new(RollbackActionKind.RunRunbook, Runbook: "drain"), new(RollbackActionKind.TurnFlagOff, Flag: "ml")],
        };
        await bench.Store.SaveAsync(
            ExperimentRecords.Experiments, "mine", experiment, 0, new() { Actor = "otto", Kind = TimelineKinds.ExperimentCreated, Subject = "experiment:mine" }, TestContext.Current.CancellationToken);
        var run = await TrippedAsync(bench, "mine");
        await bench.PassAsync(3);

        var outcomes = bench.Now(run.Id).Rollbacks;
        Assert.Equal(
            "drain was not carried out: there is no runbook of this name. Define it in OpsConsole:Aws:Automation:Actions or in Parameter Store.", outcomes[0].Detail);
        Assert.Equal((false, true), (outcomes[0].Succeeded, outcomes[1].Succeeded));
        Assert.Equal(["ml"], bench.TurnedOff);
    }

    private static async Task<Run> TrippedAsync(Bench bench, string experiment = "network-latency")
    {
        var run = await bench.RunningAsync(experiment);
        bench.Signs = bench.Signs with { ErrorRate = 20.1 };
        await bench.PassAsync(1);
        bench.Signs = bench.Signs with { ErrorRate = 0 };
        await bench.PassAsync(1);
        return run;
    }
}
