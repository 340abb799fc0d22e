using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Hosting;

namespace OpsConsole.AdapterTests.Replicas;

/// <summary>Two console processes on one AWS account, of which the first leads at the beginning, and a template that either can run.</summary>
internal sealed class AwsReplicas : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private AwsReplicas(AwsConsole leader, AwsConsole follower) => (Leader, Follower) = (leader, follower);

    public AwsConsole Leader { get; }

    public AwsConsole Follower { get; }

    /// <summary>What was started in FIS for runs; dry runs are none.</summary>
    public IEnumerable<FisExperiment> Started => Leader.Aws.Fis.Experiments.Where(experiment => experiment.Tags.ContainsKey("opsconsole:run"));

    /// <summary>The experiment that is made of the template.</summary>
    public string Experiment { get; private init; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AwsReplicas> StartAsync(DynaliteServer dynalite, params (string Name, string Value)[] settings)
    {
        var leader = await AwsConsole.StartAsync(dynalite, [("OpsConsole:Aws:Fis:Service", "shop"), ("OpsConsole:Replicas:Name", "a"), .. settings]);
        leader.Aws.Fis.Timings = FisTimings.AtOnce;
        var replicas = new AwsReplicas(leader, await leader.StartBesideAsync("b"))
        {
            Experiment = "fis-" + leader.Aws.Fis.AddTemplate("Stop the shop's instances").ToLowerInvariant(),
        };
        await replicas.Leader.UntilAsync("replicas", Leads("a", among: 2));
        await replicas.Follower.UntilAsync("replicas", Leads("a", among: 2));
        return replicas;
    }

    /// <summary>Whether a replica is the leader in somebody's eyes.</summary>
    public static Func<JsonElement, bool> Leads(string name, int among = 1) => seen =>
        seen.GetProperty("replicas").GetArrayLength() >= among
        && seen.GetProperty("replicas").EnumerateArray().Any(replica => replica.GetProperty("leads").GetBoolean() && replica.GetProperty("name").GetString() == name);

    /// <summary>Whether a replica is known not to lead, by itself.</summary>
    public static bool NobodyLeads(JsonElement seen) => seen.GetProperty("replicas").EnumerateArray().All(replica => !replica.GetProperty("leads").GetBoolean());

    /// <summary>Launches the template at a replica and waits until it runs.</summary>
    public async Task<string> RunAsync(AwsConsole replica)
    {
        await replica.PostAsync($"experiments/{Experiment}/dry-run");
        var id = await LaunchAsync(replica, Experiment);
        await replica.UntilAsync($"runs/{id}", run => run.GetProperty("reference").ValueKind == JsonValueKind.String);
        return id;
    }

    /// <summary>Defines an experiment with a fault in the applications of a service, launches it at a replica and waits until it runs.</summary>
    public static async Task<string> RunFaultAsync(AwsConsole replica, string service)
    {
        using var define = new HttpRequestMessage(HttpMethod.Put, "/api/v1/experiments/errors")
        {
            Content = JsonContent.Create(new
            {
                title = "Errors",
                hypothesis = "Customers see errors.",
                service,
                durationSeconds = 300,
                faults = new[] { new { kind = "Error", statusCode = 503, share = 100 } },
                safeguards = new { maxErrorRate = 100, maxLatency = 60_000 },
                rollbackActions = Array.Empty<object>(),
            }),
        };
        define.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using var defined = await replica.Api.SendAsync(define, Cancel);
        Assert.True(defined.IsSuccessStatusCode, await defined.Content.ReadAsStringAsync(Cancel));
        return await LaunchAsync(replica, "errors");
    }

    private static async Task<string> LaunchAsync(AwsConsole replica, string experiment)
    {
        while (true)
        {
            using var response = await replica.Api.PostAsJsonAsync($"/api/v1/experiments/{experiment}/runs", new { reason = "to see" }, Cancel);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                var id = body.GetProperty("id").GetString()!;
                await replica.UntilAsync($"runs/{id}", run => run.GetProperty("state").GetString() == "Running");
                return id;
            }

            // There is no evidence yet of how the service does, or of who could be faulted.
            Assert.Contains(["Health", "evidence", "leads", "read", "agent", "instance"], word => body.ToString().Contains(word, StringComparison.Ordinal));
            await Task.Delay(Pause, TimeProvider.System, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Follower.DisposeAsync();
        await Leader.DisposeAsync();
    }
}
