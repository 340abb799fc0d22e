using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using OpsConsole.Tests.Faults;

namespace OpsConsole.Tests.Replicas;

/// <summary>Runs over real processes that are killed, paused and cut off, with an agent that writes down every order.</summary>
public sealed class RunsOverReplicasTests
{
    private const string Definition = """
        {"title":"Errors","hypothesis":"Customers see errors.","service":"SERVICE","durationSeconds":300,
         "faults":[{"kind":"Error","statusCode":503,"share":100}],"safeguards":{"maxErrorRate":100,"maxLatency":60000},"rollbackActions":[]}
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_leader_killed_twenty_times_no_order_is_given_twice_and_no_halt_is_lost()
    {
        const int Rounds = 20;
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        var third = await cluster.StartAsync("c");
        var living = new List<Replica> { leader, follower, third };
        await using var balancer = new Balancer([.. living.Select(replica => replica.Address)]);
        var services = Enumerable.Range(0, Rounds).Select(round => $"shop-{round}").ToArray();
        await using var reporter = new Reporter(balancer.Address, services);
        var comingBack = Task.FromResult(third);
        var halted = new Dictionary<string, string>();
        var agents = new List<RecordingAgent>();
        for (var round = 0; round < Rounds; round++)
        {
            var service = services[round];
            var agent = new RecordingAgent(balancer.Address, service);
            agents.Add(agent);
            if (round > 0)
            {
                living.Add(await comingBack);
                balancer.Point([.. living.Select(replica => replica.Address)]);
            }

            leader = await LeaderOfAsync(living);
            follower = living.First(replica => replica != leader);
            await DefineAsync(follower, service);
            var run = await LaunchAsync(round % 2 == 0 ? follower : leader, service);

            // In turn: while it starts; while it runs; with a halt at a follower in the same moment; with HALT ALL just after.
            if (round % 4 != 0)
            {
                await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);
            }

            var killing = leader.Process.KillAsync();
            if (round % 4 == 2 && await TryHaltAsync(follower, run + "/halt", round))
            {
                halted[run] = $"halt {round}";
            }

            await killing;
            if (round % 4 == 3 && await TryHaltAsync(follower, "/api/v1/halt", round))
            {
                halted[run] = $"halt {round}";
            }

            living.Remove(leader);
            if (await Orders.UntilAsync(() => StateAsync(follower, run), state => state is not "Starting") == "Running")
            {
                // The next leader has carried it out, because nobody had begun to; or it does not know yet that the old one is dead.
                await LeaderOfAsync(living);
                if (await TryHaltAsync(follower, run + "/halt", round))
                {
                    halted.TryAdd(run, $"halt {round}");
                }
            }

            await Orders.UntilAsync(() => SettledAsync(follower, run), settled => settled);
            await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 0);

            // The killed one comes back when another leads.
            await LeaderOfAsync(living);
            comingBack = cluster.StartAsync(leader.Name);
        }

        await comingBack;

        Assert.All(agents.SelectMany(agent => agent.Begun), begun => Assert.Equal(1, begun.Value));
        leader = await LeaderOfAsync(living);
        Assert.True(halted.Count >= Rounds / 2);
        foreach (var (run, reason) in halted)
        {
            // The next leader may have closed the run, because the old one was dead, before the press was on disk; the press is told even then.
            Assert.True(await HaltOfAsync(leader, run) is ("otto", var why) ? why == reason : await StateAsync(leader, run) == "Aborted");
            var subject = "run:" + run.Split('/')[^1];
            await Orders.UntilAsync(
                async () => await EventsAsync(leader, subject, "run.halting"), halts => halts.Count(halt => halt.GetProperty("reason").GetString() == reason) == 1);
        }

        Assert.True((await leader.GetAsync("/api/v1/timeline/verify")).GetProperty("intact").GetBoolean());
        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_leader_that_was_paused_for_longer_than_its_lease_can_do_nothing_when_it_goes_on()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync(("OpsConsole:Replicas:LeaseSeconds", "2"));
        await using var ends = cluster;
        await using var balancer = new Balancer(follower.Address);
        await using var reporter = new Reporter(balancer.Address);
        await using var agent = new RecordingAgent(balancer.Address, "shop");
        await DefineAsync(follower, "shop");
        var run = await LaunchAsync(follower, "shop");
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);

        // A process that is frozen in the midst of a write keeps SQLite's lock, and nobody writes until it goes on: not what is looked at here.
        await Orders.UntilAsync(() => EventsAsync(follower, "run:" + run.Split('/')[^1], "run.started"), started => started.Count > 0);
        await leader.Process.FreezeAsync();
        await follower.BecomesLeaderAsync();
        await Orders.UntilAsync(() => StateAsync(follower, run), state => state == "Aborted");
        var next = await LaunchAsync(follower, "shop");
        await Orders.UntilAsync(() => Task.FromResult(agent.Active), active => active.Count == 1);
        await leader.Process.ThawAsync();
        await Orders.UntilAsync(leader.LeaderAsync, name => name == "b");

        // It sees what the other has done meanwhile, and the other's run goes on undisturbed.
        await Orders.UntilAsync(() => StateAsync(leader, next), state => state == "Running");
        Assert.Equal("Aborted", await StateAsync(leader, run));
        Assert.Equal("Running", await StateAsync(follower, next));
        Assert.All(agent.Begun, begun => Assert.Equal(1, begun.Value));
        Assert.Single(await EventsAsync(leader, "run:" + run.Split('/')[^1], "run.aborted"));
        Assert.True(await follower.LeadsAsync());
    }

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
        Assert.True(halted.GetProperty("haltConfirmedMs").ValueKind == JsonValueKind.Number, halted.ToString());
        await Orders.UntilAsync(() => StateAsync(leader, run), state => state is "Recovering" or "Halted");
        await Orders.UntilAsync(() => StateAsync(leader, run), state => state == "Halted");
        var events = await Orders.UntilAsync(
            () => EventsAsync(leader, "run:" + run.Split('/')[^1], "run."), events => events.Any(entry => entry.GetProperty("kind").GetString() == "run.halted"));
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

    private static async Task<Replica> LeaderOfAsync(IEnumerable<Replica> replicas) => await Orders.UntilAsync(
        async () =>
        {
            foreach (var replica in replicas)
            {
                if (await replica.LeadsAsync())
                {
                    return replica;
                }
            }

            return null!;
        },
        leader => leader is not null);

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

    /// <summary>Presses halt, or HALT ALL; <see langword="false"/> if the run was over already.</summary>
    private static async Task<bool> TryHaltAsync(Replica replica, string path, int round)
    {
        using var answer = await replica.Http.PostAsJsonAsync(path, new { reason = $"halt {round}" }, Cancelled);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict, await answer.Content.ReadAsStringAsync(Cancelled));
        return answer.IsSuccessStatusCode
            && (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled) is var halted)
            && (!halted.TryGetProperty("halted", out var runs) || runs.GetInt32() > 0);
    }

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
