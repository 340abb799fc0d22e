using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpsConsole.Tests.Faults;

namespace OpsConsole.Tests.Replicas;

/// <summary>Runs over real processes that are cut off from each other, with an agent that writes down every order.</summary>
public sealed class RunsOverReplicasTests
{
    private const string Definition = """
        {"title":"Errors","hypothesis":"Customers see errors.","service":"SERVICE","durationSeconds":300,
         "faults":[{"kind":"Error","statusCode":503,"share":100}],"safeguards":{"maxErrorRate":100,"maxLatency":60000},"rollbackActions":[]}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_halt_at_the_follower_is_proven_and_told_once()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        await using var reporter = new Reporter(leader.Address);
        await using var agent = new RecordingAgent(leader.Address, "shop");
        await DefineAsync(leader, "shop");
        var run = await LaunchAsync(leader, "shop");
        await Orders.UntilAsync(() => StateAsync(follower, run), state => state == "Running");
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);

        var halted = await HaltAsync(follower, run + "/halt", 1);

        Assert.Empty(agent.Active);
        Assert.Equal(JsonValueKind.Number, halted.GetProperty("haltConfirmedMs").ValueKind);
        await Orders.UntilAsync(() => StateAsync(leader, run), state => state is "Recovering" or "Halted");
        await Orders.UntilAsync(() => StateAsync(leader, run), state => state == "Halted");
        var events = await EventsAsync(leader, "run:" + run.Split('/')[^1], "run.");
        Assert.Equal(
            ["run.requested", "run.started", "run.halting", "run.halt-confirmed", "run.halted"], events.Select(entry => entry.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task Of_two_launches_at_once_at_both_one_wins()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        await using var reporter = new Reporter(follower.Address);
        await using var agent = new RecordingAgent(follower.Address, "shop");
        await DefineAsync(leader, "shop");
        await HalfwayAsync(leader);

        var answers = await Task.WhenAll(((Replica[])[leader, follower, leader, follower]).Select(replica =>
            replica.Http.PostAsync("/api/v1/experiments/shop/runs", Json("{}"), Cancelled)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(3, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);
        Assert.Single(agent.Begun);
    }

    [Fact]
    public async Task Replicas_that_do_not_reach_each_other_still_halt_through_the_store()
    {
        await using var toLeader = new Balancer();
        var cluster = default(Cluster);
        Replica leader, follower;
        (cluster, leader, follower) = await Cluster.OfTwoAsync(("OpsConsole:Replicas:Address", toLeader.Address.ToString()));
        await using var ends = cluster;
        toLeader.Point(leader.Address);
        await using var reporter = new Reporter(leader.Address);
        await using var agent = new RecordingAgent(follower.Address, "shop");
        await DefineAsync(leader, "shop");
        var run = await LaunchAsync(follower, "shop");
        await Orders.UntilAsync(() => StateAsync(follower, run), state => state == "Running");
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);

        toLeader.Cut();
        var halted = await HaltAsync(follower, run + "/halt", 1);
        Assert.Equal("Halting", halted.GetProperty("state").GetString());

        // The leader hears of it by the store; the agent, which is cut off as well, lets go by its lease or by the empty plan.
        await Orders.UntilAsync(() => HaltOfAsync(leader, run), halt => halt == ("otto", "halt 1"));
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 0);
        toLeader.Mend();
        await Orders.UntilAsync(() => SettledAsync(leader, run), settled => settled);
        Assert.True(await leader.LeadsAsync());
    }

    private static async Task DefineAsync(Replica replica, string service)
    {
        using var define = new HttpRequestMessage(HttpMethod.Put, "/api/v1/experiments/" + service)
        {
            Content = Json(Definition.Replace("SERVICE", service, StringComparison.Ordinal)),
        };
        define.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        using var kept = await replica.Http.SendAsync(define, Cancelled);
        Assert.True(kept.IsSuccessStatusCode, await kept.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task<string> LaunchAsync(Replica replica, string service)
    {
        using var launched = await Orders.UntilAsync(
            () => replica.Http.PostAsync($"/api/v1/experiments/{service}/runs", Json("{}"), Cancelled), answer => answer.StatusCode == HttpStatusCode.Accepted);
        return launched.Headers.Location!.ToString();
    }

    /// <summary>Waits until a launch would pass its checks.</summary>
    private static Task HalfwayAsync(Replica replica) => Orders.UntilAsync(
        async () => (await replica.GetAsync("/api/v1/health")).GetProperty("services").EnumerateArray()
            .Any(service => service.GetProperty("freshness").GetString() == "Fresh" && service.GetProperty("latencyP95").ValueKind == JsonValueKind.Number),
        healthy => healthy);

    private static Task<JsonElement> HaltAsync(Replica replica, string path, int round) => replica.PostAsync(path, new { reason = $"halt {round}" });

    private static async Task<string?> StateAsync(Replica replica, string run) => (await replica.GetAsync(run)).GetProperty("state").GetString();

    private static async Task<(string?, string?)> HaltOfAsync(Replica replica, string run)
    {
        var document = await replica.GetAsync(run);
        return (document.GetProperty("haltedBy").GetString(), document.GetProperty("haltReason").GetString());
    }

    private static async Task<bool> SettledAsync(Replica replica, string run) =>
        await StateAsync(replica, run) is "Recovering" or "Halted" or "Aborted" or "Failed" or "Completed";

    private static async Task<List<JsonElement>> EventsAsync(Replica replica, string subject, string kind) =>
        [.. (await replica.GetAsync($"/api/v1/timeline?subject={subject}&kind={kind}&after=0")).GetProperty("entries").EnumerateArray()];

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
