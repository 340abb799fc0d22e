using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Client;
using OpsConsole.Core.Experiments;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Faults;

/// <summary>What happens to instances from outside: terminated and brought back, and one more of them.</summary>
public sealed class FleetTests : IAsyncDisposable
{
    private readonly ConsoleHost _console = Unattended.Console();
    private readonly IFaultEngine _engine;
    private readonly TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _scaled;

    public FleetTests() => _engine = _console.Services.GetRequiredService<IFaultEngine>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task A_termination_is_carried_out_by_the_fleet_and_proven_gone_when_the_instance_is_back()
    {
        await using var fleet = await FleetAsync();
        await _engine.StartedAsync(Orders.Order("r1", new() { Kind = FaultKind.InstanceTermination }, "shop-1"));
        var report = Assert.Single(await _engine.ReadAsync("r1", Cancel));
        Assert.Equal("shop-1", report.Target);

        await _engine.StopAsync("r1", Cancel);
        Assert.False((await _engine.ProveStoppedAsync("r1", TimeSpan.FromSeconds(1), Cancel)).Gone);

        _back.SetResult();
        Assert.True((await _engine.ProveStoppedAsync("r1", TimeSpan.FromSeconds(20), Cancel)).Gone);
        Assert.Equal(1, Assert.Single(await _engine.ReadAsync("r1", Cancel)).Injected);
    }

    [Fact]
    public async Task The_fleet_itself_is_never_a_target()
    {
        await using var fleet = await FleetAsync();

        Assert.DoesNotContain(await _engine.TargetsAsync("shop", Cancel), target => target.Name == "fleet");
    }

    [Fact]
    public async Task An_action_is_done_once_and_its_outcome_comes_back()
    {
        await using var fleet = await FleetAsync();

        var outcome = await _engine.PerformAsync("shop", "scale-up-resources", TimeSpan.FromSeconds(20), Cancel);

        Assert.Equal(new ActionOutcome(true, "One more."), outcome);
        Assert.Equal(1, _scaled);
    }

    [Fact]
    public async Task An_action_that_fails_or_that_nobody_can_do_says_why()
    {
        await using var fleet = await FleetAsync();

        Assert.Equal(new(false, "No room."), await _engine.PerformAsync("shop", "scale-down", TimeSpan.FromSeconds(20), Cancel));
        Assert.Contains(
            "can do dance", (await _engine.PerformAsync("shop", "dance", TimeSpan.FromSeconds(20), Cancel)).Detail, StringComparison.Ordinal);
    }

    private async Task<FaultyShop> FleetAsync()
    {
        var fleet = await FaultyShop.StartAsync(_console.Address, "fleet", client => client
            .Announce(_ => ["shop-1"])
            .OnAction("scale-up-resources", (_, _) =>
            {
                Interlocked.Increment(ref _scaled);
                return Task.FromResult("One more.");
            })
            .OnAction("scale-down", (_, _) => throw new InvalidOperationException("No room."))
            .OnFault("instance-termination", async (_, fault, life) =>
            {
                fault.Struck();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, life).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _back.Task;
            }));
        await Orders.UntilAsync(async () => await _engine.TargetsAsync("shop", Cancel), targets => targets.Any(target => target.Name == "shop-1"));
        return fleet;
    }
}
