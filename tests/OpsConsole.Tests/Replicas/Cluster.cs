using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Replicas;

/// <summary>Console processes that share one store, each with a directory of its own beside it.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly (string, string)[] Keys =
    [
        ("OpsConsole:Auth:ApiKeys:0:Name", "otto"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.OperatorKey), ("OpsConsole:Auth:ApiKeys:0:Role", "operator"),
        ("OpsConsole:Auth:ApiKeys:1:Name", "shop"), ("OpsConsole:Auth:ApiKeys:1:Key", ConsoleHost.ApplicationKey), ("OpsConsole:Auth:ApiKeys:1:Role", "application"),
        ("OpsConsole:Auth:ApiKeys:2:Name", "ada"), ("OpsConsole:Auth:ApiKeys:2:Key", ConsoleHost.AdminKey), ("OpsConsole:Auth:ApiKeys:2:Role", "admin"),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-cluster-").FullName;
    private readonly (string, string)[] _settings;
    private readonly List<Replica> _replicas = [];

    private Cluster((string, string)[] settings) => _settings = settings;

    public string SharedDirectory => Path.Combine(_directory, "shared");

    /// <summary>Two replicas that know each other.</summary>
    public static async Task<(Cluster Cluster, Replica Leader, Replica Follower)> OfTwoAsync(params (string, string)[] settings)
    {
        var cluster = new Cluster(settings);
        try
        {
            var leader = await cluster.StartAsync("a");
            var follower = await cluster.StartAsync("b");
            await Task.WhenAll(leader.SeesAsync(2), follower.SeesAsync(2));
            return (cluster, leader, follower);
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a replica, or starts it again in its old directory.</summary>
    public async Task<Replica> StartAsync(string name, params (string, string)[] settings)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_directory, name)).FullName;
        var process = ConsoleProcess.StartIn(
            directory,
            [
                ("OpsConsole:SharedDirectory", SharedDirectory), ("OpsConsole:Replicas:Name", name), ("Logging:LogLevel:OpsConsole", "Information"),
                .. Keys, .. _settings, .. settings,
            ]);
        var replica = new Replica(name, process, await process.AddressAsync());
        lock (_replicas)
        {
            _replicas.Add(replica);
        }

        return replica;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        if (TestContext.Current.TestState?.Result == TestResult.Failed)
        {
            foreach (var replica in _replicas)
            {
                TestContext.Current.SendDiagnosticMessage($"{replica.Name}: {string.Join('\n', replica.Process.Output.Concat(replica.Process.Errors))}");
            }
        }

        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>One console process of a cluster.</summary>
internal sealed class Replica(string name, ConsoleProcess process, Uri address) : IAsyncDisposable
{
    public string Name => name;

    public ConsoleProcess Process => process;

    public Uri Address => address;

    public HttpClient Http { get; } = Client(address, ConsoleHost.OperatorKey);

    public static HttpClient Client(Uri address, string key)
    {
        var client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path, TestContext.Current.CancellationToken);

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>The name of the leader, as this replica sees it; <see langword="null"/> if nobody leads.</summary>
    public async Task<string?> LeaderAsync() =>
        (await GetAsync("/api/v1/replicas")).GetProperty("leader") is { ValueKind: JsonValueKind.Object } leader ? leader.GetProperty("name").GetString() : null;

    public async Task<bool> LeadsAsync() => (await GetAsync("/api/v1/replicas")).GetProperty("replicas").EnumerateArray()
        .Any(replica => replica.GetProperty("leads").GetBoolean() && replica.GetProperty("name").GetString() == name);

    public async Task<long> TermAsync() => (await GetAsync("/api/v1/replicas")).GetProperty("leader").GetProperty("term").GetInt64();

    /// <summary>Waits until this replica leads.</summary>
    public Task BecomesLeaderAsync() => Orders.UntilAsync(LeadsAsync, leads => leads);

    /// <summary>Waits until this replica knows so many, itself included.</summary>
    public Task SeesAsync(int count) => Orders.UntilAsync(
        async () => (await GetAsync("/api/v1/replicas")).GetProperty("replicas").GetArrayLength(), seen => seen == count);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await process.DisposeAsync();
    }
}
