using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Replicas;

/// <summary>It does not matter which replica a person or an application has got hold of: with Redis, without it, and while it comes and goes.</summary>
public sealed class OneConsoleTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_an_application_sends_to_a_follower_is_the_same_look_at_both(bool withRedis)
    {
        await using var redis = withRedis ? await RedisProcess.StartAsync() : null;
        var (cluster, leader, follower) = await Cluster.OfTwoAsync(Redis(redis));
        await using var ends = cluster;
        await using var shop = new Reporter(follower.Address);

        var seen = await Task.WhenAll(FramesAsync(leader, 6), FramesAsync(follower, 6));

        var (here, there) = (seen[0], seen[1]);
        var both = here.Keys.Intersect(there.Keys).ToList();
        Assert.NotEmpty(both);
        Assert.All(both, sequence => Assert.Equal(here[sequence].GetRawText(), there[sequence].GetRawText()));
        Assert.All(there.Values, frame => Assert.Equal("Fresh", frame.GetProperty("freshness").GetString()));
    }

    [Fact]
    public async Task A_viewer_who_moves_to_the_other_replica_goes_on_from_its_number_without_a_gap()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        await using var shop = new Reporter(leader.Address);
        var before = await FramesAsync(leader, 3);

        // Some looks pass before the viewer is back, at the other replica.
        var last = before.Keys.Max();
        await Orders.UntilAsync(() => SequenceAsync(follower), sequence => sequence >= last + 3);
        var after = await FramesAsync(follower, 4, afterSequence: last);

        Assert.Equal(Enumerable.Range(1, 4).Select(step => last + step), after.Keys.Order().Take(4));
    }

    [Fact]
    public async Task Looks_go_on_in_order_when_the_leader_is_killed_and_no_number_is_shown_twice()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        await using var shop = new Reporter(follower.Address);
        var before = await FramesAsync(leader, 3);

        await leader.Process.KillAsync();
        await follower.BecomesLeaderAsync();

        var after = await FramesAsync(follower, 3);
        Assert.True(after.Keys.Min() > before.Keys.Max(), $"{after.Keys.Min()} after {before.Keys.Max()}");
        await Orders.UntilAsync(() => FreshnessAsync(follower), freshness => freshness == "Fresh");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flip_at_one_replica_reaches_an_application_behind_the_other(bool withRedis)
    {
        await using var redis = withRedis ? await RedisProcess.StartAsync() : null;
        var (cluster, leader, follower) = await Cluster.OfTwoAsync(Redis(redis));
        await using var ends = cluster;
        await CreateFlagAsync(leader, "a");
        using var application = await ApplicationAsync(follower.Address);
        var flags = application.Services.GetRequiredService<IFlags>();
        await Orders.UntilAsync(() => Task.FromResult(flags.Status.Connected), connected => connected);

        for (var turn = 0; turn < 4; turn++)
        {
            var on = turn % 2 == 0;
            await (turn < 2 ? leader : follower).PostAsync("/api/v1/flags/a/flip", new { enabled = on, reason = "because" });
            await Orders.UntilAsync(() => Task.FromResult(flags.IsEnabled("a")), served => served == on);
        }
    }

    [Fact]
    public async Task Redis_that_is_killed_makes_things_slower_and_nothing_wrong_and_is_used_again_when_it_is_back()
    {
        await using var redis = await RedisProcess.StartAsync();
        var (cluster, leader, follower) = await Cluster.OfTwoAsync(Redis(redis));
        await using var ends = cluster;
        await using var shop = new Reporter(follower.Address);
        await CreateFlagAsync(leader, "a");
        await Task.WhenAll(StandsAsync(leader, "connected"), StandsAsync(follower, "connected"));
        var before = await FramesAsync(follower, 2);

        await redis.KillAsync();
        await Task.WhenAll(StandsAsync(leader, "unreachable"), StandsAsync(follower, "unreachable"));
        await leader.PostAsync("/api/v1/flags/a/flip", new { enabled = true, reason = "because" });
        await Orders.UntilAsync(() => ServesAsync(follower, "a"), served => served);
        var during = await FramesAsync(follower, 4, afterSequence: before.Keys.Max());
        Assert.Equal(Enumerable.Range(1, 4).Select(step => before.Keys.Max() + step), during.Keys.Order().Take(4));
        Assert.All(during.Values, frame => Assert.Contains(frame.GetProperty("freshness").GetString(), (string[])["Fresh", "Late"]));

        await redis.StartAgainAsync();
        await Task.WhenAll(StandsAsync(leader, "connected"), StandsAsync(follower, "connected"));
        await leader.PostAsync("/api/v1/flags/a/flip", new { enabled = false, reason = "because" });
        await Orders.UntilAsync(() => ServesAsync(follower, "a"), served => !served);
        var after = await FramesAsync(follower, 2, afterSequence: during.Keys.Max());
        Assert.Equal([during.Keys.Max() + 1, during.Keys.Max() + 2], after.Keys.Order().Take(2));
    }

    [Fact]
    public async Task A_flag_that_health_sheds_is_shed_at_both_and_told_once()
    {
        var (cluster, leader, follower) = await Cluster.OfTwoAsync();
        await using var ends = cluster;
        await using var shop = new Reporter(follower.Address);
        await CreateFlagAsync(leader, "gated", enabled: true, conditions: new { service = "shop", maxErrorRate = 5, recoverForSeconds = 1 });
        await Orders.UntilAsync(async () => await ServesAsync(leader, "gated") && await ServesAsync(follower, "gated"), served => served);

        shop.ErrorRate = 40;
        await Orders.UntilAsync(async () => !await ServesAsync(leader, "gated") && !await ServesAsync(follower, "gated"), shed => shed);

        // What the leader that dies did not live to tell, the next one tells.
        await leader.Process.KillAsync();
        await follower.BecomesLeaderAsync();
        shop.ErrorRate = 0;
        await Orders.UntilAsync(() => ServesAsync(follower, "gated"), served => served);
        var kinds = await Orders.UntilAsync(() => KindsAsync(follower, "gated"), kinds => kinds[^1] == "flag.restored");

        // A busy machine may keep samples back for seconds and shed it once more; nothing is told twice in a row.
        Assert.Equal(["flag.created", "flag.shed", "flag.restored"], kinds.Take(3));
        Assert.All(kinds.Skip(1).Index(), told => Assert.Equal(told.Index % 2 == 0 ? "flag.shed" : "flag.restored", told.Item));
    }

    private static (string, string)[] Redis(RedisProcess? redis) => redis is null ? [] : [("OpsConsole:Redis", redis.Connection)];

    private static Task StandsAsync(Replica replica, string word) => Orders.UntilAsync(
        async () => (await replica.GetAsync("/api/v1/replicas")).GetProperty("replicas").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == replica.Name).GetProperty("redis").GetString(),
        redis => redis == word);

    private static async Task CreateFlagAsync(Replica replica, string key, bool enabled = false, object? conditions = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/" + key)
        {
            Content = System.Net.Http.Json.JsonContent.Create(new { enabled, conditions }),
        };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var answer = await replica.Http.SendAsync(request, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
    }

    private static async Task<bool> ServesAsync(Replica replica, string key)
    {
        using var answer = await replica.Http.GetAsync("/api/v1/flags/" + key, Cancelled);
        return answer.IsSuccessStatusCode
            && JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancelled)).RootElement.GetProperty("served").GetBoolean();
    }

    private static async Task<string?[]> KindsAsync(Replica replica, string flag) =>
    [
        .. (await replica.GetAsync($"/api/v1/timeline?kind=flag.&subject=flag:{flag}&after=0")).GetProperty("entries").EnumerateArray()
            .Select(entry => entry.GetProperty("kind").GetString()),
    ];

    private static async Task<long> SequenceAsync(Replica replica) => (await replica.GetAsync("/api/v1/health")).GetProperty("sequence").GetInt64();

    private static async Task<string?> FreshnessAsync(Replica replica) => (await replica.GetAsync("/api/v1/health")).GetProperty("services").EnumerateArray()
        .FirstOrDefault(service => service.GetProperty("service").GetString() == "shop") is { ValueKind: JsonValueKind.Object } shop
        ? shop.GetProperty("freshness").GetString()
        : null;

    /// <summary>So many fresh frames of the shop as a viewer gets them, by number.</summary>
    private static async Task<Dictionary<long, JsonElement>> FramesAsync(Replica replica, int count, long afterSequence = 0)
    {
        var frames = new Dictionary<long, JsonElement>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(replica.Address, "/hubs/health"), http => http.AccessTokenProvider = () => Task.FromResult<string?>(ConsoleHost.OperatorKey))
            .Build();
        hub.On<JsonElement>("frame", frame =>
        {
            lock (frames)
            {
                if (afterSequence > 0 || frame.GetProperty("freshness").GetString() == "Fresh")
                {
                    frames[frame.GetProperty("sequence").GetInt64()] = frame;
                }

                if (frames.Count >= count)
                {
                    enough.TrySetResult();
                }
            }
        });
        await hub.StartAsync(Cancelled);
        await hub.InvokeAsync<JsonElement>("Watch", (string[])["shop"], afterSequence, Cancelled);
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancelled);
        lock (frames)
        {
            return new(frames);
        }
    }

    private static async Task<IHost> ApplicationAsync(Uri console)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options =>
        {
            options.Endpoint = console;
            options.ApiKey = ConsoleHost.ApplicationKey;
            options.Service = "shop";
        });
        var host = builder.Build();
        await host.StartAsync(Cancelled);
        return host;
    }
}
