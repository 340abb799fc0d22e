using System.Diagnostics;
using System.Text.Json;
using OpsConsole.Tests.Faults;

namespace OpsConsole.Tests.Storefront;

/// <summary>Processes that stand still and go on, which is worse than a death: they come back with an old idea of the world.</summary>
public sealed class FrozenProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_console_that_stands_still_loses_its_faults_and_conditioned_flags_and_cannot_bring_the_faults_back()
    {
        await using var day = await GameDay.StartAsync();
        await day.ServeRecommendationsAsync();
        var run = await day.LaunchAsync();

        await day.Console.FreezeAsync();
        var watch = Stopwatch.StartNew();
        await Orders.UntilAsync(day.SourceAsync, source => source == "popular");
        await Orders.UntilAsync(day.OrdersFailAnywhereAsync, fail => !fail);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10.5));

        // Longer than the console itself counts its last renewal.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, Cancel);
        await day.Console.ThawAsync();

        var closed = await day.UntilAsync(run, now => GameDay.Text(now, "state") is not "Running");
        Assert.Equal("Aborted", GameDay.Text(closed, "state"));
        Assert.Contains("No lease was renewed for", GameDay.Text(closed, "haltReason"), StringComparison.Ordinal);
        await Orders.UntilAsync(day.SourceAsync, source => source == "ml");
        Assert.False(await day.OrdersFailAnywhereAsync());
    }

    [Fact]
    public async Task A_halt_at_an_instance_that_stands_still_is_unconfirmed_until_it_says_so_itself()
    {
        await using var day = await GameDay.StartAsync();
        var run = await day.LaunchAsync();
        await day.Storefront.FreezeInstanceAsync("storefront-2");

        using var answer = await day.SendAsync(HttpMethod.Post, "/api/v1/halt", """{"reason":"enough"}""");
        var halt = await GameDay.ReadAsync(answer);
        var left = Assert.Single(halt.GetProperty("unconfirmed").EnumerateArray());
        Assert.Equal((1, 0), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.Equal(["storefront-2"], GameDay.Texts(left, "targets"));
        Assert.InRange(left.GetProperty("expiresAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(-30), TimeSpan.FromSeconds(10));

        var expired = await day.UntilAsync(run, now => GameDay.Text(now, "state") is not "Halting");
        Assert.Equal(["storefront-2"], GameDay.Texts(expired, "unconfirmed"));
        Assert.Equal(JsonValueKind.Null, expired.GetProperty("haltConfirmedMs").ValueKind);

        await day.Storefront.ThawInstanceAsync("storefront-2");
        var confirmed = await day.UntilAsync(run, now => now.GetProperty("haltConfirmedMs").ValueKind == JsonValueKind.Number);
        Assert.Empty(confirmed.GetProperty("unconfirmed").EnumerateArray());
        Assert.True(confirmed.GetProperty("haltConfirmedMs").GetDouble() > 2000);
        Assert.False(await day.OrdersFailAnywhereAsync());
    }

    [Fact]
    public async Task A_fault_whose_lease_ran_out_while_its_instance_stood_still_never_strikes_again()
    {
        await using var day = await GameDay.StartAsync();
        var run = await day.LaunchAsync();
        await day.Storefront.FreezeInstanceAsync("storefront-2");

        // Longer than the lease counts from the last word of the instance; the others are renewed meanwhile.
        await Task.Delay(TimeSpan.FromSeconds(12), TimeProvider.System, Cancel);
        await day.Storefront.ThawInstanceAsync("storefront-2");
        var after = await day.UntilAsync(run, now => Fault(now, "storefront-2").GetProperty("active").ValueKind == JsonValueKind.False);
        Assert.Equal("Running", GameDay.Text(after, "state"));
        Assert.True(Fault(after, "storefront-1").GetProperty("active").GetBoolean());

        // Among thirty orders in a row that go through or not, there are many for each instance.
        var (struck, others) = (Injected(after, "storefront-2"), Injected(after, "storefront-1"));
        await Orders.UntilAsync(() => AcceptedAsync(day), accepted => accepted);
        var later = await day.UntilAsync(run, now => Injected(now, "storefront-1") >= others + 20);
        Assert.Equal(struck, Injected(later, "storefront-2"));
    }

    [Fact]
    public async Task A_service_that_stands_still_is_shown_stale_and_sheds_what_rests_on_it()
    {
        await using var day = await GameDay.StartAsync();
        await day.ServeRecommendationsAsync();
        foreach (var instance in day.Storefront.Instances.Keys)
        {
            await day.Storefront.FreezeInstanceAsync(instance);
        }

        await day.UntilAsync("/api/v1/health", health => Shop(health) == "Stale");
        var shed = await day.UntilAsync("/api/v1/flags/ml-recommendations", flag => !flag.GetProperty("served").GetBoolean());
        Assert.True(shed.GetProperty("enabled").GetBoolean());
        Assert.Contains("no fresh evidence of storefront", GameDay.Text(shed, "why"), StringComparison.Ordinal);

        foreach (var instance in day.Storefront.Instances.Keys)
        {
            await day.Storefront.ThawInstanceAsync(instance);
        }

        await day.UntilAsync("/api/v1/health", health => Shop(health) == "Fresh");
        await Orders.UntilAsync(day.SourceAsync, source => source == "ml");
        await day.UntilAsync("/api/v1/timeline?kind=health.", page => page.GetProperty("entries").EnumerateArray()
            .Select(entry => GameDay.Text(entry, "kind")).ToHashSet(StringComparer.Ordinal).SetEquals(["health.lost", "health.back"]));
    }

    private static JsonElement Fault(JsonElement run, string target) =>
        run.GetProperty("faults").EnumerateArray().Single(fault => GameDay.Text(fault, "target") == target);

    private static long Injected(JsonElement run, string target) => Fault(run, target).GetProperty("injected").GetInt64();

    private static string? Shop(JsonElement health) =>
        GameDay.Text(health.GetProperty("services").EnumerateArray().Single(service => GameDay.Text(service, "service") == "storefront"), "freshness");

    private static async Task<bool> AcceptedAsync(GameDay day) => !await day.OrdersFailAsync();
}
