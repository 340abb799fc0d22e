using System.Diagnostics;
using System.Net.Http.Json;

namespace OpsConsole.Benchmarks.Replicas;

/// <summary>
/// From the start of a flip's request at one replica to the application that follows the stream of the other. The reference, in turn with it, is a
/// flip at the application's own replica. A flip comes as soon as the one before has arrived, so without Redis just after a look at the store: the
/// longest wait for the next one.
/// </summary>
internal static class ReplicaFlipBenchmark
{
    private const string Flag = "flipped";
    private const int Flips = 100;
    private const int Warm = 10;

    public static async Task<int> RunAsync(string[] args)
    {
        var withRedis = args.Contains("--redis", StringComparer.Ordinal);
        var limit = withRedis ? 500 : 2500;
        Console.WriteLine($"| {Flips} flips, {(withRedis ? "with" : "without")} Redis | p50 ms | p95 ms | p99 ms | max ms |");
        Console.WriteLine("|---|---|---|---|---|");
        var reached = true;
        foreach (var store in ReplicaSet.Stores.Where(store => !args.Contains("--store", StringComparer.Ordinal) || args.Contains(store, StringComparer.Ordinal)))
        {
            var (same, other) = await MeasureAsync(store, withRedis);
            Quantiles.Of(same).Show($"{store}, at the application's replica");
            var p99 = Quantiles.Of(other).Show($"{store}, at the other replica").P99;
            Console.WriteLine($"{store}: {Quantiles.Of(other).Median / Quantiles.Of(same).Median:F1} × the flip at the same replica; p99 ≤ {limit} ms: {(p99 <= limit ? "yes" : "NO")}");
            reached &= p99 <= limit;
        }

        return reached ? 0 : 1;
    }

    private static async Task<(List<double> Same, List<double> Other)> MeasureAsync(string store, bool withRedis)
    {
        await using var replicas = await ReplicaSet.StartAsync(store, withRedis);
        var far = await replicas.StartReplicaAsync("a");
        var near = await replicas.StartReplicaAsync("b");
        await ReplicaSet.UntilAsync(near, seen => seen.GetProperty("replicas").GetArrayLength() == 2 && (!withRedis || IsConnected(seen)));
        using var put = await far.Http.PutAsJsonAsync($"/api/v1/flags/{Flag}", new { enabled = false });
        put.EnsureSuccessStatusCode();
        await using var app = await FollowingApplication.StartAsync(near.Address, BuiltConsole.Key);

        var (same, other) = (new List<double>(), new List<double>());
        for (var i = -Warm; i < Flips; i++)
        {
            var (there, here) = (await FlipAsync(far, app, enabled: true), await FlipAsync(near, app, enabled: false));
            if (i >= 0)
            {
                other.Add(there);
                same.Add(here);
            }
        }

        return (same, other);
    }

    private static async Task<double> FlipAsync(BuiltConsole replica, FollowingApplication app, bool enabled)
    {
        var start = Stopwatch.GetTimestamp();
        var arrival = app.ArrivalAsync(Flag, enabled, start);
        using var flip = await replica.Http.PostAsJsonAsync($"/api/v1/flags/{Flag}/flip", new { enabled, reason = "measured" });
        flip.EnsureSuccessStatusCode();
        return await arrival;
    }

    private static bool IsConnected(System.Text.Json.JsonElement seen) =>
        seen.GetProperty("replicas").EnumerateArray().All(replica => replica.GetProperty("redis").GetString() == "connected");
}
