using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.Aws.Tables;

namespace OpsConsole.Benchmarks.Replicas;

/// <summary>Consoles that share a store, SQLite in a directory or DynamoDB, and perhaps a Redis.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-replicas-").FullName;
    private readonly List<IAsyncDisposable> _ending = [];
    private readonly List<string> _settings = [];
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    private ReplicaSet() => _settings.Add($"--OpsConsole:SharedDirectory={Path.Combine(_directory, "shared")}");

    /// <summary>What the store is called in the options of a benchmark.</summary>
    public static IReadOnlyList<string> Stores { get; } = ["sqlite", "dynamo"];

    /// <summary>Starts what the replicas share.</summary>
    public static async Task<ReplicaSet> StartAsync(string store, bool withRedis)
    {
        var set = new ReplicaSet();
        if (store == "dynamo")
        {
            await set.UseDynamoAsync();
        }

        if (withRedis)
        {
            var redis = await LocalServer.RedisAsync();
            set._ending.Add(redis);
            set._settings.Add($"--OpsConsole:Redis={redis.Address}");
        }

        return set;
    }

    /// <summary>Starts a replica, or starts it again in its old directory.</summary>
    public async Task<BuiltConsole> StartReplicaAsync(string name)
    {
        var replica = await BuiltConsole.StartAsync(
            Path.Combine(_directory, name), "operator", [$"--OpsConsole:Replicas:Name={name}", "--OpsConsole:Environment=test", .. _settings], _environment);
        _ending.Add(replica);
        return replica;
    }

    /// <summary>Asks a replica for what it knows of them all until it is as it shall be.</summary>
    public static async Task UntilAsync(BuiltConsole replica, Func<JsonElement, bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo(await replica.Http.GetFromJsonAsync<JsonElement>("/api/v1/replicas", patience.Token)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ending in _ending.AsEnumerable().Reverse())
        {
            await ending.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task UseDynamoAsync()
    {
        var dynalite = await LocalServer.DynaliteAsync();
        _ending.Add(dynalite);
        _settings.Add("--OpsConsole:Backend=Aws");
        _environment["AWS_ENDPOINT_URL_DYNAMODB"] = $"http://{dynalite.Address}";
        _environment["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{BuiltConsole.FreePort()}";
        (_environment["AWS_REGION"], _environment["AWS_ACCESS_KEY_ID"], _environment["AWS_SECRET_ACCESS_KEY"]) = ("eu-central-1", "benchmark", "benchmark");
        foreach (var (name, value) in _environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        if (await AwsCommand.RunAsync(["init"], TextWriter.Null, Console.Error) != 0)
        {
            throw new InvalidOperationException("The tables could not be made.");
        }
    }
}
