using System.Diagnostics;
using OpsConsole.Tests.Faults;

namespace OpsConsole.Tests.Storefront;

/// <summary>No fault outlives its console: the console is killed while a fault is in force.</summary>
public sealed class KilledConsoleTests
{
    [Fact]
    public async Task A_fault_is_gone_within_ten_seconds_of_the_death_of_its_console_which_closes_the_run_when_it_is_back()
    {
        await using var day = await GameDay.StartAsync();
        var run = await day.LaunchAsync();

        await day.Console.KillAsync();
        var watch = Stopwatch.StartNew();
        await Orders.UntilAsync(day.OrdersFailAnywhereAsync, fail => !fail);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10.5));

        await day.RestartAsync();
        var closed = await day.UntilAsync(run, now => GameDay.Text(now, "state") == "Aborted");
        Assert.Contains("The console ended while it was Running", GameDay.Text(closed, "haltReason"), StringComparison.Ordinal);
        Assert.False(await day.OrdersFailAnywhereAsync());
    }

    [Fact]
    public async Task A_halt_that_was_under_way_when_the_console_died_is_brought_to_its_end_by_the_next_one()
    {
        await using var day = await GameDay.StartAsync();
        var run = await day.LaunchAsync();
        await day.Storefront.FreezeInstanceAsync("storefront-2");
        var halt = day.SendAsync(HttpMethod.Post, "/api/v1/halt", """{"reason":"it burns"}""");
        await day.UntilAsync("/api/v1/timeline?kind=run.halting", page => page.GetProperty("entries").GetArrayLength() == 1);

        await day.Console.KillAsync();
        await day.Storefront.ThawInstanceAsync("storefront-2");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => halt);
        await day.RestartAsync();

        var over = await day.UntilAsync(run, now => GameDay.Text(now, "state") == "Halted");
        Assert.Equal(("otto", "it burns"), (GameDay.Text(over, "haltedBy"), GameDay.Text(over, "haltReason")));
        Assert.Empty(over.GetProperty("unconfirmed").EnumerateArray());
        Assert.Equal(1, over.GetProperty("evidenceGaps").GetArrayLength());
        Assert.False(await day.OrdersFailAnywhereAsync());
    }
}
