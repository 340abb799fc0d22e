using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Experiments;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Storefront;

/// <summary>The sample application as a process of its own, under a real console.</summary>
public sealed class StorefrontTests : IAsyncLifetime
{
    private static readonly string[] Fleet = ["storefront-1", "storefront-2", "storefront-3"];
    private readonly ConsoleHost _console = Unattended.Console();
    private StorefrontProcess _storefront = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IFaultEngine Engine => _console.Services.GetRequiredService<IFaultEngine>();

    public async ValueTask InitializeAsync()
    {
        _storefront = await StorefrontProcess.StartAsync(_console.Address);
        await Orders.UntilAsync(
            async () => await Engine.TargetsAsync("storefront", CancellationToken.None), targets => targets.Count(target => target.Connected) == 3);
    }

    public async ValueTask DisposeAsync()
    {
        await _storefront.DisposeAsync();
        await _console.DisposeAsync();
    }

    [Fact]
    public async Task It_recommends_takes_orders_and_says_what_is_wrong_with_an_order()
    {
        using var recommended = JsonDocument.Parse(await _storefront.Http.GetStringAsync("/products/u1/recommendations", Cancel));
        Assert.Equal("popular", recommended.RootElement.GetProperty("source").GetString());
        Assert.Equal(8, recommended.RootElement.GetProperty("items").GetArrayLength());

        using var taken = await OrderAsync("""{"customerId":"c","items":[{"sku":"sku-001","quantity":2}]}""");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        using var order = JsonDocument.Parse(await taken.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("basic", order.RootElement.GetProperty("pricing").GetString());
        Assert.Equal(9.80m, order.RootElement.GetProperty("total").GetDecimal());

        foreach (var wrong in new[] { "{", "{}", """{"customerId":"c","items":[]}""", """{"customerId":"c","items":[{"sku":"none","quantity":1}]}""", """{"customerId":"c","items":[{"sku":"sku-001","quantity":0}]}""" })
        {
            using var refused = await OrderAsync(wrong);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
    }

    [Fact]
    public async Task An_instance_takes_customers_only_when_it_is_warm_and_its_own_requests_are_not_counted_as_theirs()
    {
        var output = _storefront.Output.ToList();
        foreach (var instance in Fleet)
        {
            var warm = output.FindIndex(line => line.Contains($"{instance}: warm after ", StringComparison.Ordinal));
            Assert.InRange(warm, 0, output.FindIndex(line => line.Contains($"{instance} is up as process ", StringComparison.Ordinal)) - 1);
        }

        using var api = _console.Client();
        var quiet = await Orders.UntilAsync(() => ShopAsync(api), shop => shop is { Fresh: true, Throughput: not null });
        Assert.Equal((0, null), (quiet.Throughput, quiet.LatencyP95));

        var watching = Orders.UntilAsync(() => ShopAsync(api), shop => shop.Throughput > 0);
        while (!watching.IsCompleted)
        {
            using var answer = await _storefront.Http.GetAsync("/products/u1/recommendations", Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.NotNull((await watching).LatencyP95);
    }

    [Fact]
    public async Task Customers_are_served_while_an_instance_is_killed_and_it_comes_back()
    {
        var before = _storefront.Instances["storefront-2"];
        await _storefront.KillInstanceAsync("storefront-2");
        await Orders.UntilAsync(() => Task.FromResult(_storefront.Instances["storefront-2"]), now => now != before);

        for (var i = 0; i < 30; i++)
        {
            using var answer = await _storefront.Http.GetAsync($"/products/u{i}/recommendations", Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Orders_are_refused_fast_while_their_database_is_down_and_recommendations_go_on()
    {
        await StartAsync(new() { Kind = FaultKind.DependencyOutage, Dependency = "orders-db" }, Fleet);

        for (var i = 0; i < 60; i++)
        {
            using var refused = await OrderAsync("""{"customerId":"c","items":[{"sku":"sku-001","quantity":2}]}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        var watch = Stopwatch.StartNew();
        using var fast = await OrderAsync("""{"customerId":"c","items":[{"sku":"sku-001","quantity":2}]}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, fast.StatusCode);
        Assert.True(watch.ElapsedMilliseconds < 500, $"{watch.ElapsedMilliseconds} ms");
        using var recommended = await _storefront.Http.GetAsync("/products/u1/recommendations", Cancel);
        Assert.Equal(HttpStatusCode.OK, recommended.StatusCode);
    }

    [Fact]
    public async Task A_terminated_instance_is_really_down_and_back_when_the_fault_is_proven_gone()
    {
        var before = _storefront.Instances["storefront-1"];
        await StartAsync(new() { Kind = FaultKind.InstanceTermination }, "storefront-1");
        await Orders.UntilAsync(
            async () => await Engine.TargetsAsync("storefront", Cancel), targets => targets.Single(target => target.Name == "storefront-1") is { Connected: false });

        await Engine.StopAsync("run", Cancel);
        Assert.True((await Engine.ProveStoppedAsync("run", TimeSpan.FromSeconds(30), Cancel)).Gone);

        await Orders.UntilAsync(() => Task.FromResult(_storefront.Instances["storefront-1"]), now => now != before);
    }

    [Fact]
    public async Task Scaling_up_adds_an_instance()
    {
        var outcome = await Engine.PerformAsync("storefront", "scale-up-resources", TimeSpan.FromSeconds(30), Cancel);

        Assert.True(outcome.Succeeded, outcome.Detail);
        await Orders.UntilAsync(async () => await Engine.TargetsAsync("storefront", Cancel), targets => targets.Count(target => target.Connected) == 4);
    }

    private static async Task<(bool Fresh, double? Throughput, double? LatencyP95)> ShopAsync(HttpClient api)
    {
        using var health = JsonDocument.Parse(await api.GetStringAsync("/api/v1/health", Cancel));
        var shop = health.RootElement.GetProperty("services").EnumerateArray()
            .FirstOrDefault(service => service.GetProperty("service").GetString() == "storefront");
        return shop.ValueKind == JsonValueKind.Undefined
            ? default
            : (shop.GetProperty("freshness").GetString() == "Fresh", Number(shop, "throughput"), Number(shop, "latencyP95"));
    }

    private static double? Number(JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private async Task StartAsync(FaultSpec spec, params string[] targets)
    {
        var now = TimeProvider.System.GetUtcNow();
        FaultOrder order = new("run", "storefront", [.. targets.Select(target => new PlannedFault($"run/{target}", target, spec))], now, now.AddMinutes(2));
        await Engine.StartedAsync(order);
    }

    private Task<HttpResponseMessage> OrderAsync(string json) =>
        _storefront.Http.PostAsync("/orders", new StringContent(json, System.Text.Encoding.UTF8, "application/json"), Cancel);
}
