using System.Net;
using System.Text.Json;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Replicas;

/// <summary>Two real consoles on one store: one leads, and another one when it is gone.</summary>
public sealed class LeadingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_leads_and_both_say_who()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;

        Assert.Equal("a", await leader.LeaderAsync());
        Assert.Equal("a", await follower.LeaderAsync());
        Assert.Equal(await leader.TermAsync(), await follower.TermAsync());
        var seen = (await follower.GetAsync("/api/v1/replicas")).GetProperty("replicas").EnumerateArray().ToList();
        Assert.Equal([("a", true), ("b", false)], seen.Select(replica => (replica.GetProperty("name").GetString(), replica.GetProperty("leads").GetBoolean())));
        Assert.Equal(leader.Address, new Uri(seen[0].GetProperty("address").GetString()!));
    }

    [Fact]
    public async Task A_killed_leader_is_followed_at_once_on_the_same_machine_and_the_timeline_says_so_once()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        var term = await leader.TermAsync();

        await leader.Process.KillAsync();

        await follower.BecomesLeaderAsync();
        Assert.True(await follower.TermAsync() > term);
        await Orders.UntilAsync(() => LeadsEventsAsync(follower), events => events.Count == 1);
    }

    [Fact]
    public async Task A_leader_that_ends_in_order_gives_its_lease_back()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;

        await leader.Process.StopAsync();

        await follower.BecomesLeaderAsync();
        await Orders.UntilAsync(async () => (await follower.GetAsync("/api/v1/replicas")).GetProperty("replicas").GetArrayLength(), count => count == 1);
    }

    [Fact]
    public async Task A_paused_leader_is_followed_when_its_lease_is_over_and_follows_when_it_goes_on()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync(("OpsConsole:Replicas:LeaseSeconds", "2"));
        await using var ends = cluster;

        await leader.Process.FreezeAsync();
        await follower.BecomesLeaderAsync();
        await leader.Process.ThawAsync();

        Assert.False(await leader.LeadsAsync());
        await Orders.UntilAsync(leader.LeaderAsync, name => name == "b");
        Assert.True(await follower.LeadsAsync());
        Assert.False(await leader.LeadsAsync());
    }

    [Fact]
    public async Task A_console_that_was_killed_leads_at_once_when_it_is_started_again()
    {
        var data = Directory.CreateTempSubdirectory("opsconsole-again-").FullName;
        (string, string)[] settings =
        [
            ("OpsConsole:Auth:ApiKeys:0:Name", "otto"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.OperatorKey), ("OpsConsole:Auth:ApiKeys:0:Role", "operator"),
        ];
        await using (var console = ConsoleProcess.StartIn(data, settings))
        {
            await console.AddressAsync();
            await console.KillAsync();
        }

        await using (var console = ConsoleProcess.StartIn(data, settings))
        {
            // The first answer: nothing was waited for.
            using var http = Replica.Client(await console.AddressAsync(), ConsoleHost.OperatorKey);
            var replicas = JsonDocument.Parse(await http.GetStringAsync("/api/v1/replicas", Cancelled)).RootElement;
            Assert.True(Assert.Single(replicas.GetProperty("replicas").EnumerateArray()).GetProperty("leads").GetBoolean());
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task A_session_and_a_sign_in_link_of_one_replica_are_good_at_the_other()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        var link = new Uri(leader.Process.Output.Last(line => line.Contains("/signin?t=", StringComparison.Ordinal)).Split(' ')[^1]);
        using var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var browser = new HttpClient(handler);

        // The link was printed by the leader; the balancer sends the browser to the follower.
        await Orders.UntilAsync(
            async () =>
            {
                using var used = await browser.GetAsync(new Uri(follower.Address, link.PathAndQuery), Cancelled);
                return used.Headers.Location!.ToString();
            },
            target => target == "/");
        using var other = await browser.GetAsync(new Uri(leader.Address, "/account"), Cancelled);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        using var nobody = new HttpClientHandler { AllowAutoRedirect = false };
        using var thief = new HttpClient(nobody);
        foreach (var replica in (Replica[])[leader, follower])
        {
            using var again = await thief.GetAsync(new Uri(replica.Address, link.PathAndQuery), Cancelled);
            Assert.StartsWith("/login", again.Headers.Location!.ToString(), StringComparison.Ordinal);
        }
    }

    private static async Task<List<JsonElement>> LeadsEventsAsync(Replica replica) =>
        [.. (await replica.GetAsync("/api/v1/timeline?kind=console.leads")).GetProperty("entries").EnumerateArray()];
}
