using System.Diagnostics;
using System.Globalization;

namespace OpsConsole.Benchmarks.Replicas;

/// <summary>
/// From <c>kill -9</c> of the leader to the next leader. The reference is the lease: over DynamoDB nothing can be proven about a process on
/// another machine, so its whole length is waited for; over SQLite the lock of a dead process says so at once.
/// </summary>
internal static class TakeoverBenchmark
{
    private const double LeaseMs = 5000;
    private const double LimitMs = 10_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var kills = args is ["--kills", var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 5;
        Console.WriteLine($"| {kills} leaders killed | p50 ms | p95 ms | p99 ms | max ms |");
        Console.WriteLine("|---|---|---|---|---|");
        var reached = true;
        foreach (var store in ReplicaSet.Stores)
        {
            var times = Quantiles.Of(await MeasureAsync(store, kills)).Show(store);
            Console.WriteLine($"{store}: {times.Median / LeaseMs:F2} × the lease; max ≤ {LimitMs:F0} ms: {(times.Max <= LimitMs ? "yes" : "NO")}");
            reached &= times.Max <= LimitMs;
        }

        return reached ? 0 : 1;
    }

    private static async Task<List<double>> MeasureAsync(string store, int kills)
    {
        await using var replicas = await ReplicaSet.StartAsync(store, withRedis: false);
        var leader = await replicas.StartReplicaAsync("a");
        var (name, next) = ("a", "b");
        var follower = await replicas.StartReplicaAsync(next);
        var times = new List<double>();
        for (var kill = 0; kill < kills; kill++)
        {
            await ReplicaSet.UntilAsync(follower, seen => Leads(seen, name));
            var start = Stopwatch.GetTimestamp();
            await leader.KillAsync();
            await ReplicaSet.UntilAsync(follower, seen => Leads(seen, next));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            (leader, follower) = (follower, await replicas.StartReplicaAsync(name));
            (name, next) = (next, name);
        }

        return times;
    }

    private static bool Leads(System.Text.Json.JsonElement seen, string name) => seen.GetProperty("replicas").EnumerateArray()
        .Any(replica => replica.GetProperty("leads").GetBoolean() && replica.GetProperty("name").GetString() == name);
}
