using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Hosting;

namespace OpsConsole.AdapterTests.Replicas;

/// <summary>DynamoDB takes connections and answers nothing, as in a bad hour of it: whatever makes things safe goes on without it.</summary>
public sealed class SilentStoreTests : IAsyncLifetime
{
    private readonly DynaliteServer _dynalite = new();
    private AwsReplicas _replicas = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private AwsConsole Leader => _replicas.Leader;

    private AwsConsole Follower => _replicas.Follower;

    public async ValueTask InitializeAsync()
    {
        await _dynalite.InitializeAsync();
        _replicas = await AwsReplicas.StartAsync(_dynalite, ("OpsConsole:Replicas:LeaseSeconds", "3"));
    }

    public async ValueTask DisposeAsync()
    {
        await _replicas.DisposeAsync();
        await _dynalite.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Experiments_and_faults_in_applications_are_halted_and_proven_gone_without_the_store_also_when_nobody_leads(bool atFollower)
    {
        await using var shop = new SteadyShop(Leader.Api, "shop");
        await using var agent = await FaultedInstance.StartAsync(Follower.Api.BaseAddress!, AwsConsole.AdminKey, "cart");
        await using var cart = new SteadyShop(Leader.Api, "cart");
        var experiment = await _replicas.RunAsync(Leader);
        var faults = await AwsReplicas.RunFaultAsync(Leader, "cart");
        await agent.UntilAsync(faulted => faulted);
        await Follower.UntilAsync("runs?active=true", runs => runs.ToString().Contains(faults, StringComparison.Ordinal));

        await _dynalite.FreezeAsync();
        await Leader.UntilAsync("replicas", AwsReplicas.NobodyLeads);
        var halt = await (atFollower ? Follower : Leader).PostAsync("halt", new { reason = "fire" });

        Assert.Equal((2, 2), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.Equal("stopped", Assert.Single(_replicas.Started).Status);
        await agent.UntilAsync(faulted => !faulted);

        // What could not be written is told when the store is back, once.
        await _dynalite.ThawAsync();
        foreach (var run in (string[])[experiment, faults])
        {
            await Leader.UntilAsync($"timeline?subject=run:{run}&kind=run.halting&after=0", entries => entries.GetProperty("entries").GetArrayLength() > 0);
            await Follower.UntilAsync($"runs/{run}", seen => seen.GetProperty("haltedBy").GetString() == "ada");
        }
    }

    [Fact]
    public async Task One_run_is_halted_and_proven_gone_at_each_replica_while_the_store_is_silent()
    {
        await using var shop = new SteadyShop(Leader.Api, "shop");
        var run = await _replicas.RunAsync(Leader);
        await _dynalite.FreezeAsync();

        var halted = await Follower.PostAsync($"runs/{run}/halt", new { reason = "fire" });

        // The follower may have heard of the run already, or may have to ask the store that is silent.
        Assert.True(halted.TryGetProperty("haltConfirmedMs", out var confirmed) ? confirmed.GetDouble() > 0 : halted.GetProperty("gone").GetBoolean(), halted.ToString());
        Assert.Equal("stopped", Assert.Single(_replicas.Started).Status);

        // The leader may have proven it by itself when the follower told it: then there is nothing to halt any more, but the proof stands in its run.
        await Leader.PostAsync($"runs/{run}/halt", new { reason = "to be sure" });
        await Leader.UntilAsync($"runs/{run}", seen => seen.TryGetProperty("haltConfirmedMs", out var proven) && proven.ValueKind == JsonValueKind.Number && proven.GetDouble() > 0);
    }

    [Fact]
    public async Task A_flag_is_turned_OFF_while_the_store_is_silent_and_that_is_written_when_it_is_back()
    {
        using var put = await Leader.Api.PutAsJsonAsync("/api/v1/flags/checkout", new { enabled = true }, Cancel);
        put.EnsureSuccessStatusCode();
        await Follower.UntilAsync("flags/checkout", flag => flag.GetProperty("served").GetBoolean());
        await _dynalite.FreezeAsync();
        await Leader.UntilAsync("replicas", AwsReplicas.NobodyLeads);

        using var off = await Follower.Api.PostAsJsonAsync("/api/v1/flags/checkout/flip", new { enabled = false, reason = "it burns" }, Cancel);

        Assert.Equal(HttpStatusCode.Accepted, off.StatusCode);
        Assert.False((await Follower.GetAsync("flags/checkout")).GetProperty("served").GetBoolean());
        using var on = await Follower.Api.PostAsJsonAsync("/api/v1/flags/checkout/flip", new { enabled = true, reason = "again" }, Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, on.StatusCode);

        await _dynalite.ThawAsync();
        await Leader.UntilAsync("flags/checkout", flag => !flag.GetProperty("served").GetBoolean());
        var told = await Leader.UntilAsync(
            "timeline?subject=flag:checkout&kind=flag.flipped-off&after=0", entries => entries.GetProperty("entries").GetArrayLength() > 0);
        Assert.Equal("it burns", told.GetProperty("entries")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_console_that_starts_while_the_store_is_silent_halts_every_experiment_and_proves_it()
    {
        await using var shop = new SteadyShop(Leader.Api, "shop");
        await _replicas.RunAsync(Leader);
        await _dynalite.FreezeAsync();
        await Leader.KillAsync();
        await Follower.KillAsync();
        await Leader.StartAsync();

        var halt = await Leader.PostAsync("halt", new { reason = "fire" });

        Assert.Equal((1, 1), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.Equal("stopped", Assert.Single(_replicas.Started).Status);
    }
}
