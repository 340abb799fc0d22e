using System.Diagnostics;

namespace OpsConsole.Tests.Faults;

/// <summary>The agent against a console that misbehaves.</summary>
public sealed class FaultAgentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_console_that_vanishes_takes_its_faults_with_it_when_the_lease_is_over()
    {
        await using var console = await ScriptedConsole.StartAsync();
        await using var shop = await FaultyShop.StartAsync(console.Address);
        console.Plan(5, 1, ScriptedConsole.Latency(5, leaseMs: 4_000));
        await console.ReportAsync(report => report.Contains("\"active\":true", StringComparison.Ordinal));

        await console.VanishAsync();
        var watch = Stopwatch.StartNew();
        await shop.Http.GetStringAsync("/", Cancel);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task Orders_of_a_lower_epoch_are_refused()
    {
        await using var console = await ScriptedConsole.StartAsync();
        await using var shop = await FaultyShop.StartAsync(console.Address);
        console.Plan(5, 1);
        await console.ReportAsync(report => report.Contains("\"epoch\":5", StringComparison.Ordinal));

        console.Plan(4, 2, ScriptedConsole.Latency(4, leaseMs: 600_000));
        await Orders.UntilAsync(() => Task.FromResult(console.Connections), connections => connections > 1);

        var watch = Stopwatch.StartNew();
        Assert.Equal("open", await shop.Http.GetStringAsync("/", Cancel));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task A_console_of_a_lower_epoch_cannot_renew()
    {
        await using var console = await ScriptedConsole.StartAsync();
        await using var shop = await FaultyShop.StartAsync(console.Address);
        console.Plan(5, 1, ScriptedConsole.Latency(5, leaseMs: 4_000));
        await console.ReportAsync(report => report.Contains("\"active\":true", StringComparison.Ordinal));

        console.Lease(4, "f", 600_000);
        var watch = Stopwatch.StartNew();
        await shop.Http.GetStringAsync("/", Cancel);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task Nothing_that_is_said_later_moves_the_hard_deadline()
    {
        await using var console = await ScriptedConsole.StartAsync();
        await using var shop = await FaultyShop.StartAsync(console.Address);
        console.Plan(5, 1, ScriptedConsole.Latency(5, leaseMs: 600_000, deadlineMs: 4_000));
        await console.ReportAsync(report => report.Contains("\"active\":true", StringComparison.Ordinal));

        console.Plan(5, 2, ScriptedConsole.Latency(5, leaseMs: 600_000, deadlineMs: 600_000));
        var watch = Stopwatch.StartNew();
        await shop.Http.GetStringAsync("/", Cancel);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), watch.Elapsed.ToString());
    }

    [Fact]
    public async Task After_a_change_two_reports_say_the_same_before_anything_else_happens()
    {
        await using var console = await ScriptedConsole.StartAsync();
        await using var shop = await FaultyShop.StartAsync(console.Address);
        console.Plan(5, 7);

        var first = await console.ReportAsync(report => report.Contains("\"sequence\":7", StringComparison.Ordinal));
        var watch = Stopwatch.StartNew();
        var second = await console.ReportAsync(report => report.Contains("\"sequence\":7", StringComparison.Ordinal));

        Assert.NotEqual(first, second);
        Assert.True(watch.Elapsed < TimeSpan.FromMilliseconds(700), watch.Elapsed.ToString());
    }
}
