using OpsConsole.Core.Experiments;

namespace OpsConsole.AdapterTests.Faults;

/// <summary>What every fault engine promises, whoever injects.</summary>
public abstract class FaultEngineContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The engine, with something of the service <c>shop</c> ready to be touched.</summary>
    private protected abstract IFaultEngine Engine { get; }

    /// <summary>What the engine calls that which is touched.</summary>
    private protected abstract string Target { get; }

    /// <summary>What the engine is to do for a run, for five minutes.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="unknown">Whether to name something to touch that there is not.</param>
    private protected abstract FaultOrder Order(string runId, bool unknown = false);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_knows_no_instances_of_a_service_that_it_never_heard_of() =>
        Assert.Empty(await Engine.TargetsAsync("nothing", Cancel));

    [Fact]
    public async Task A_started_fault_is_reported_active_until_it_is_stopped_and_proven_gone()
    {
        await StartedAsync(Order("r1"));
        Assert.Equal(["r1"], await Engine.ActiveRunsAsync(Cancel));

        await Engine.StopAsync("r1", Cancel);
        var proof = await Engine.ProveStoppedAsync("r1", Patience, Cancel);

        Assert.True(proof.Gone);
        Assert.Empty(proof.Unconfirmed);
        Assert.Empty(await Engine.ActiveRunsAsync(Cancel));
        Assert.All(await Engine.ReadAsync("r1", Cancel), report => Assert.False(report.Active));
    }

    [Fact]
    public async Task A_start_that_is_repeated_changes_nothing()
    {
        await StartedAsync(Order("r1"));
        Assert.IsType<StartOutcome.Started>(await Engine.StartAsync(Order("r1"), Cancel));

        Assert.Single(await Engine.ReadAsync("r1", Cancel));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_not_proven_gone_and_says_when_it_ends_by_itself()
    {
        await StartedAsync(Order("r1"));

        var proof = await Engine.ProveStoppedAsync("r1", TimeSpan.FromMilliseconds(200), Cancel);

        Assert.False(proof.Gone);
        Assert.Equal([Target], proof.Unconfirmed);
        Assert.True(proof.ExpiresAt <= TimeProvider.System.GetUtcNow() + Engine.LeaseDuration);
    }

    [Fact]
    public async Task A_stop_and_a_renewal_of_an_unknown_run_do_no_harm()
    {
        await Engine.StopAsync("unknown", Cancel);
        await Engine.RenewAsync("unknown", Cancel);

        Assert.Empty(await Engine.ReadAsync("unknown", Cancel));
    }

    [Fact]
    public async Task A_stop_can_be_repeated()
    {
        await StartedAsync(Order("r1"));
        await Engine.StopAsync("r1", Cancel);
        await Engine.StopAsync("r1", Cancel);

        Assert.True((await Engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
    }

    [Fact]
    public async Task Stopping_everything_stops_every_run_and_names_it()
    {
        await StartedAsync(Order("r1"));
        await StartedAsync(Order("r2"));

        Assert.Equal(["r1", "r2"], (await Engine.StopEverythingAsync(Cancel)).Order(StringComparer.Ordinal));

        Assert.True((await Engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
        Assert.True((await Engine.ProveStoppedAsync("r2", Patience, Cancel)).Gone);
    }

    [Fact]
    public async Task A_start_on_something_that_nobody_knows_is_refused_with_the_reason() =>
        Assert.NotEmpty(Assert.IsType<StartOutcome.Refused>(await Engine.StartAsync(Order("r1", unknown: true), Cancel)).Problem);

    [Fact]
    public async Task A_run_that_was_stopped_does_not_start_again()
    {
        await StartedAsync(Order("r1"));
        await Engine.StopAsync("r1", Cancel);
        await Engine.ProveStoppedAsync("r1", Patience, Cancel);

        await Engine.StartAsync(Order("r1"), Cancel);

        Assert.True((await Engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
    }

    [Fact]
    public async Task An_action_that_nobody_can_do_says_so()
    {
        var outcome = await Engine.PerformAsync("shop", "dance", Patience, Cancel);

        Assert.False(outcome.Succeeded);
        Assert.NotEmpty(outcome.Detail);
    }

    private async Task StartedAsync(FaultOrder order)
    {
        Assert.IsType<StartOutcome.Started>(await Engine.StartAsync(order, Cancel));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Patience);
        while (await Engine.ReadAsync(order.RunId, Cancel) is var reports && !(reports.Count > 0 && reports.All(report => report.Active == true)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }
}
