using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Experiments;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Faults;

/// <summary>The engine in a whole console and the agent in a real application, over real sockets.</summary>
public sealed class LeasedFaultTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConsoleHost _console = Unattended.Console();
    private readonly IFaultEngine _engine;

    public LeasedFaultTests() => _engine = _console.Services.GetRequiredService<IFaultEngine>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task A_latency_fault_delays_requests_and_is_reported_with_its_count()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(300), "shop-1"));

        var watch = Stopwatch.StartNew();
        await shop.Http.GetStringAsync("/", Cancel);

        Assert.True(watch.ElapsedMilliseconds >= 290, $"{watch.ElapsedMilliseconds} ms");
        var report = Assert.Single(await _engine.ReportedAsync("r1", report => report.Injected == 1));
        Assert.Equal("shop-1", report.Target);
        Assert.Equal(["r1"], await _engine.ActiveRunsAsync(Cancel));
    }

    [Fact]
    public async Task A_halt_releases_the_requests_that_wait_in_the_fault()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(30_000), "shop-1"));
        var waiting = Enumerable.Range(0, 20).Select(_ => shop.Http.GetStringAsync("/", Cancel)).ToArray();
        await _engine.ReportedAsync("r1", report => report.Injected == 20);

        var watch = Stopwatch.StartNew();
        await _engine.StopAsync("r1", Cancel);
        var proof = await _engine.ProveStoppedAsync("r1", Patience, Cancel);
        await Task.WhenAll(waiting);

        Assert.True(proof.Gone);
        Assert.Empty(proof.Unconfirmed);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
        Assert.Empty(await _engine.ActiveRunsAsync(Cancel));
    }

    [Fact]
    public async Task An_error_fault_touches_its_route_only_and_never_the_health_checks()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", new() { Kind = FaultKind.Error, StatusCode = 502, Route = "/price" }, "shop-1"));
        await _engine.StartedAsync(Orders.Order("r2", new() { Kind = FaultKind.Error, StatusCode = 500, Route = "/healthz" }, "shop-1"));

        Assert.Equal(HttpStatusCode.BadGateway, (await shop.Http.GetAsync("/price", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Http.GetAsync("/", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Http.GetAsync("/healthz/live", Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_outage_lets_the_calls_to_that_dependency_fail_and_a_stop_mends_them()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        Assert.Equal("12", await shop.Http.GetStringAsync("/buy", Cancel));
        await _engine.StartedAsync(Orders.Order("r1", new() { Kind = FaultKind.DependencyOutage, Dependency = "pricing" }, "shop-1"));

        Assert.Equal(HttpStatusCode.BadGateway, (await shop.Http.GetAsync("/buy", Cancel)).StatusCode);

        await _engine.StopAsync("r1", Cancel);
        Assert.True((await _engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
        Assert.Equal("12", await shop.Http.GetStringAsync("/buy", Cancel));
    }

    [Fact]
    public async Task A_share_of_the_requests_is_touched_and_no_more()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address, limits: options => options.Seed = 7);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", new() { Kind = FaultKind.Error, Share = 25 }, "shop-1"));

        var failed = 0;
        for (var i = 0; i < 400; i++)
        {
            failed += (await shop.Http.GetAsync("/", Cancel)).IsSuccessStatusCode ? 0 : 1;
        }

        Assert.InRange(failed, 65, 140);
    }

    [Fact]
    public async Task More_requests_than_the_application_allows_are_not_delayed()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address, limits: options => options.MaxConcurrentDelays = 2);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(30_000), "shop-1"));
        var waiting = new[] { shop.Http.GetStringAsync("/", Cancel), shop.Http.GetStringAsync("/", Cancel) };
        await _engine.ReportedAsync("r1", report => report.Injected == 2);

        Assert.Equal("open", await shop.Http.GetStringAsync("/", Cancel));
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        await _engine.StopAsync("r1", Cancel);
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task The_hard_deadline_ends_a_fault_that_goes_on_being_renewed()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        var order = Orders.Order("r1", Orders.Latency(30_000), TimeSpan.FromSeconds(2), "shop-1");
        await _engine.StartedAsync(order);

        var waiting = shop.Http.GetStringAsync("/", Cancel);
        while (!waiting.IsCompleted)
        {
            await _engine.RenewAsync("r1", Cancel);
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel));
        }

        Assert.InRange(TimeProvider.System.GetUtcNow(), order.HardDeadline - TimeSpan.FromSeconds(1.5), order.HardDeadline + TimeSpan.FromSeconds(2));
        await _engine.ReportedAsync("r1", report => report.Active == false);
    }

    [Fact]
    public async Task A_fault_that_nobody_renews_ends_with_its_lease()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(60_000), "shop-1"));

        var watch = Stopwatch.StartNew();
        await shop.Http.GetStringAsync("/", Cancel);

        Assert.True(watch.Elapsed < _engine.LeaseDuration + TimeSpan.FromSeconds(0.5), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_renewed_fault_outlives_its_first_lease()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(12_000), "shop-1"));

        var watch = Stopwatch.StartNew();
        var waiting = shop.Http.GetStringAsync("/", Cancel);
        while (!waiting.IsCompleted)
        {
            await _engine.RenewAsync("r1", Cancel);
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel));
        }

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(11.9), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task What_an_instance_that_is_gone_cannot_say_stays_unconfirmed_with_its_expiry()
    {
        var shop = await FaultyShop.StartAsync(_console.Address);
        await using var other = await FaultyShop.StartAsync(_console.Address, "shop-2");
        await _engine.ConnectedAsync("shop-1", "shop-2");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(100), "shop-1", "shop-2"));
        await shop.DisposeAsync();

        await _engine.StopAsync("r1", Cancel);
        var proof = await _engine.ProveStoppedAsync("r1", TimeSpan.FromSeconds(1), Cancel);

        Assert.False(proof.Gone);
        Assert.Equal(["shop-1"], proof.Unconfirmed);
        var left = proof.ExpiresAt - TimeProvider.System.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromSeconds(1), _engine.LeaseDuration);
    }

    [Fact]
    public async Task An_instance_that_comes_back_without_the_fault_proves_that_it_is_gone()
    {
        var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        await _engine.StartedAsync(Orders.Order("r1", Orders.Latency(100), "shop-1"));
        await shop.DisposeAsync();
        await _engine.StopAsync("r1", Cancel);

        await using var again = await FaultyShop.StartAsync(_console.Address);

        Assert.True((await _engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
    }

    [Fact]
    public async Task Stopping_everything_ends_every_run_and_its_orders_cannot_be_repeated()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");
        var order = Orders.Order("r1", Orders.Latency(100), "shop-1");
        await _engine.StartedAsync(order);
        await _engine.StartedAsync(Orders.Order("r2", Orders.Latency(100), "shop-1"));

        await _engine.StopEverythingAsync(Cancel);

        Assert.True((await _engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
        Assert.True((await _engine.ProveStoppedAsync("r2", Patience, Cancel)).Gone);
        Assert.IsType<StartOutcome.Refused>(await _engine.StartAsync(order, Cancel));
    }

    [Fact]
    public async Task A_start_is_refused_with_the_reason_when_it_could_not_be_carried_out()
    {
        await using var shop = await FaultyShop.StartAsync(_console.Address);
        await _engine.ConnectedAsync("shop-1");

        Assert.Contains("not connected", await RefusalAsync(Orders.Order("r1", Orders.Latency(100), "shop-9")), StringComparison.Ordinal);
        Assert.Contains("no dependency mail", await RefusalAsync(Orders.Order(
            "r2", new() { Kind = FaultKind.DependencyOutage, Dependency = "mail" }, "shop-1")), StringComparison.Ordinal);
        Assert.Contains("fleet agent", await RefusalAsync(Orders.Order(
            "r3", new() { Kind = FaultKind.InstanceTermination }, "shop-1")), StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync(FaultOrder order) =>
        Assert.IsType<StartOutcome.Refused>(await _engine.StartAsync(order, Cancel)).Problem;
}
