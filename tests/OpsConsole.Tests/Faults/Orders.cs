using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Faults;

/// <summary>Orders as a run gives them, and waiting for what comes of them.</summary>
internal static class Orders
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static FaultSpec Latency(double ms, string? route = null, double share = 100) =>
        new() { Kind = FaultKind.Latency, Delay = TimeSpan.FromMilliseconds(ms), Route = route, Share = share };

    public static FaultOrder Order(string runId, FaultSpec spec, params string[] targets) => Order(runId, spec, TimeSpan.FromMinutes(5), targets);

    public static FaultOrder Order(string runId, FaultSpec spec, TimeSpan lasts, params string[] targets)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(runId, "shop", [.. targets.Select(target => new PlannedFault($"{runId}/{target}", target, spec))], now, now + lasts);
    }

    /// <summary>Waits until what is read is as it should be.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> read, Func<T, bool> wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            var value = await read();
            if (wanted(value))
            {
                return value;
            }

            Assert.False(limit.IsCancellationRequested, $"After {Patience.TotalSeconds} s it is still {value}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    public static Task ConnectedAsync(this IFaultEngine engine, params string[] instances) => UntilAsync(
        async () => await engine.TargetsAsync("shop", CancellationToken.None),
        targets => instances.All(name => targets.Any(target => target.Name == name && target.Connected)));

    public static Task<IReadOnlyList<FaultReport>> ReportedAsync(
        this IFaultEngine engine, string runId, Func<FaultReport, bool> wanted) => UntilAsync(
        async () => await engine.ReadAsync(runId, CancellationToken.None), reports => reports.Count > 0 && reports.All(wanted));

    public static async Task StartedAsync(this IFaultEngine engine, FaultOrder order)
    {
        Assert.IsType<StartOutcome.Started>(await engine.StartAsync(order, TestContext.Current.CancellationToken));
        await engine.ReportedAsync(order.RunId, report => report.Active == true);
    }
}
