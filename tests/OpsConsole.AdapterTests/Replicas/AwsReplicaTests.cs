using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Hosting;

namespace OpsConsole.AdapterTests.Replicas;

/// <summary>Two consoles on DynamoDB, where no file proves that a process is dead: the lease alone says who leads.</summary>
public sealed class AwsReplicaTests(DynaliteServer dynalite) : IAsyncLifetime
{
    private AwsReplicas _replicas = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AwsConsole Leader => _replicas.Leader;

    private AwsConsole Follower => _replicas.Follower;

    public async ValueTask InitializeAsync() => _replicas = await AwsReplicas.StartAsync(dynalite, ("OpsConsole:Replicas:LeaseSeconds", "3"));

    public ValueTask DisposeAsync() => _replicas.DisposeAsync();

    [Fact]
    public async Task A_flip_is_served_at_the_other_replica_which_leads_in_a_higher_term_when_the_leader_is_killed()
    {
        using var put = await Leader.Api.PutAsJsonAsync("/api/v1/flags/checkout", new { enabled = false }, Cancel);
        put.EnsureSuccessStatusCode();
        await Leader.PostAsync("flags/checkout/flip", new { enabled = true, reason = "because" });
        await Follower.UntilAsync("flags", flags => IsServed(flags, "checkout"));
        var term = (await Follower.GetAsync("replicas")).GetProperty("leader").GetProperty("term").GetInt64();

        await Leader.KillAsync();

        var seen = await Follower.UntilAsync("replicas", AwsReplicas.Leads("b"));
        Assert.True(seen.GetProperty("leader").GetProperty("term").GetInt64() > term);
        var leads = await Follower.UntilAsync("timeline?kind=console.leads&after=0", entries => Entries(entries).Count > 0);
        Assert.Single(Entries(leads));
        await Follower.PostAsync("flags/checkout/flip", new { enabled = false, reason = "because" });
        await Follower.UntilAsync("flags", flags => !IsServed(flags, "checkout"));

        // The killed one comes back, follows, and knows what was flipped meanwhile.
        await Leader.StartAsync();
        await Leader.UntilAsync("replicas", AwsReplicas.Leads("b", among: 2));
        await Leader.UntilAsync("flags", flags => !IsServed(flags, "checkout"));
    }

    [Fact]
    public async Task A_flag_that_was_written_by_hand_is_served_at_both_and_told_once()
    {
        await Leader.Place.WriteFlagAsync(new() { ["name"] = new("by-hand"), ["enabled"] = new() { BOOL = true } });
        await Task.WhenAll(
            Leader.UntilAsync("flags", flags => IsServed(flags, "by-hand")),
            Follower.UntilAsync("flags", flags => IsServed(flags, "by-hand")));

        // Each replica has taken it over and had its word when a flip that rests on it is in the timeline.
        await Leader.PostAsync("flags/by-hand/flip", new { enabled = false, reason = "at the first" });
        await Follower.UntilAsync("flags", flags => !IsServed(flags, "by-hand"));
        await Follower.PostAsync("flags/by-hand/flip", new { enabled = true, reason = "at the second" });
        var told = await Leader.UntilAsync("timeline?subject=flag:by-hand&after=0", entries => Entries(entries).Any(entry => Text(entry, "reason") == "at the second"));

        Assert.Equal(["flag.changed", "flag.flipped-off", "flag.flipped-on"], Entries(told).Select(entry => Text(entry, "kind")).Order(StringComparer.Ordinal));
        Assert.True((await Follower.GetAsync("timeline/verify")).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task An_experiment_of_the_killed_leader_is_followed_on_by_the_next_leader_and_is_started_and_halted_once()
    {
        await using var shop = new SteadyShop(Follower.Api, "shop");
        var run = await _replicas.RunAsync(Leader);
        await Follower.UntilAsync($"runs/{run}", seen => Text(seen, "state") == "Running");

        await Leader.KillAsync();
        await Follower.UntilAsync("replicas", AwsReplicas.Leads("b"));
        await Follower.UntilAsync($"timeline?subject=run:{run}&kind=run.adopted&after=0", entries => Entries(entries).Count == 1);
        Assert.True(Assert.Single(_replicas.Started).IsActive);

        var halted = await Follower.PostAsync($"runs/{run}/halt", new { reason = "seen enough" });

        Assert.True(halted.GetProperty("haltConfirmedMs").GetDouble() > 0);
        Assert.Equal("stopped", Assert.Single(_replicas.Started).Status);
        var told = await Follower.UntilAsync($"timeline?subject=run:{run}&after=0", entries => Entries(entries).Any(entry => Text(entry, "kind") == "run.halt-confirmed"));
        Assert.Equal(
            ["run.requested", "run.started", "run.adopted", "run.halting", "run.halt-confirmed"],
            Entries(told).Select(entry => Text(entry, "kind")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_halt_at_the_follower_is_proven_with_a_leader_that_lives_and_with_one_that_is_dead(bool isDead)
    {
        await using var shop = new SteadyShop(Follower.Api, "shop");
        var run = await _replicas.RunAsync(Leader);
        await Follower.UntilAsync($"runs/{run}", seen => Text(seen, "state") == "Running");
        if (isDead)
        {
            await Leader.KillAsync();
        }

        // Of a leader that has just died nobody knows yet.
        var halt = await Follower.PostAsync("halt", new { reason = "fire" });

        Assert.Equal((1, 1), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.Equal("stopped", Assert.Single(_replicas.Started).Status);
        await Follower.UntilAsync($"runs/{run}", seen => Text(seen, "haltedBy") == "ada" && seen.GetProperty("haltConfirmedMs").ValueKind == JsonValueKind.Number);
        await Follower.UntilAsync($"timeline?subject=run:{run}&kind=run.halting&after=0", entries => Entries(entries).Count == 1);
    }

    private static bool IsServed(JsonElement flags, string key) => flags.GetProperty("flags").EnumerateArray()
        .Any(flag => Text(flag, "key") == key && flag.GetProperty("served").GetBoolean());

    private static List<JsonElement> Entries(JsonElement timeline) => [.. timeline.GetProperty("entries").EnumerateArray()];

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
