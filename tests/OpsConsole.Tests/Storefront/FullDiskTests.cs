using System.Net;
using System.Text.Json;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Storefront;

/// <summary>The console's disk is really full: starting fails closed, halting fails open, and nothing is lost.</summary>
public sealed class FullDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Starting_and_ON_are_refused_OFF_and_halt_go_ahead_and_everything_is_written_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(kilobytes: 4096);
        await using var day = await GameDay.StartAsync(disk.Path);
        var run = await PrepareAsync(day);
        await FillAsync(day, disk);

        await RefusedAsync(day, HttpMethod.Post, "/api/v1/flags/b/flip", """{"enabled":true,"reason":"no"}""");
        await RefusedAsync(day, HttpMethod.Put, "/api/v1/flags/c", """{"enabled":true}""");
        await GoesAheadAsync(day);
        var halt = await HaltAsync(day);
        Assert.Equal((1, 1), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.False(await day.OrdersFailAnywhereAsync());
        var over = await day.UntilAsync(run, now => GameDay.Text(now, "state") == "Halted");
        Assert.Equal("otto", GameDay.Text(over, "haltedBy"));
        using var launch = await day.SendAsync(HttpMethod.Post, "/api/v1/experiments/errors/runs", "{}");
        Assert.Contains(launch.StatusCode, new[] { HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable });
        Assert.Contains("timeline cannot be written", await launch.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.True((await day.GetAsync("/api/v1/health/storefront/history?points=10")).GetProperty("series").EnumerateObject().Any());

        disk.Free();
        await WrittenAsync(day);
        await UntilStoredAsync(day, "run.halting", "otto");
        await UntilStoredAsync(day, "run.halted", "supervisor");
        await UntilAcceptedAsync(day, "/api/v1/flags/b/flip", """{"enabled":true,"reason":"room again"}""", HttpStatusCode.OK);
        await UntilAcceptedAsync(day, "/api/v1/experiments/errors/runs", "{}", HttpStatusCode.Accepted);
        Assert.True((await day.GetAsync("/api/v1/timeline/verify")).GetProperty("intact").GetBoolean());
        Assert.Equal("Halted", GameDay.Text(await day.GetAsync(run), "state"));
    }

    [Fact]
    public async Task What_went_ahead_of_the_full_disk_holds_after_a_kill_and_a_restart_and_is_written_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(kilobytes: 4096);
        await using var day = await GameDay.StartAsync(disk.Path);
        await PrepareAsync(day);
        await FillAsync(day, disk);
        await GoesAheadAsync(day);
        using var engaged = await day.SendAsync(HttpMethod.Put, "/api/v1/safety-lever", """{"engaged":true,"reason":"incident 7"}""");
        var lever = await GameDay.ReadAsync(engaged);
        Assert.Equal((true, "Journal"), (lever.GetProperty("engaged").GetBoolean(), GameDay.Text(lever, "keptIn")));

        await day.Console.KillAsync();
        await day.RestartAsync();

        var flag = await day.UntilAsync("/api/v1/flags/a", now => now.GetProperty("served").ValueKind == JsonValueKind.False);
        Assert.Contains("kept over a restart", GameDay.Text(flag, "why"), StringComparison.Ordinal);
        using var evaluated = await day.SendAsync(HttpMethod.Post, "/ofrep/v1/evaluate/flags/a", """{"context":{}}""");
        Assert.False((await GameDay.ReadAsync(evaluated)).GetProperty("value").GetBoolean());
        var kept = await day.UntilAsync("/api/v1/safety-lever", now => now.GetProperty("engaged").GetBoolean());
        Assert.Equal(("otto", "incident 7"), (GameDay.Text(kept, "actor"), GameDay.Text(kept, "reason")));

        disk.Free();
        await WrittenAsync(day);
        await day.UntilAsync("/api/v1/safety-lever", now => GameDay.Text(now, "keptIn") == "Timeline");
        await UntilStoredAsync(day, "lever.engaged", "otto");
        using var ada = day.Client(ConsoleHost.AdminKey);
        using var disengaged = await GameDay.SendAsync(ada, HttpMethod.Put, "/api/v1/safety-lever", """{"engaged":false,"reason":"over"}""");
        Assert.Equal(HttpStatusCode.OK, disengaged.StatusCode);
        Assert.True((await day.GetAsync("/api/v1/timeline/verify")).GetProperty("intact").GetBoolean());
    }

    /// <summary>A flag that is ON, one that is OFF, and a run in force.</summary>
    private static async Task<string> PrepareAsync(GameDay day)
    {
        foreach (var (key, enabled) in new[] { ("a", "true"), ("b", "false"), ("scratch", "false") })
        {
            using var created = await day.SendAsync(HttpMethod.Put, $"/api/v1/flags/{key}", $$"""{"enabled":{{enabled}}}""");
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        }

        return await day.LaunchAsync();
    }

    /// <summary>
    /// Fills the disk and writes until nothing can be written any more: a write-ahead log has room of its own, and what one file gives
    /// back when it is closed another could take.
    /// </summary>
    private static async Task FillAsync(GameDay day, SmallDisk disk)
    {
        disk.Fill();
        await Orders.UntilAsync(
            () => Task.FromResult(day.Console.Output.Any(line => line.Contains("The history goes on in memory only", StringComparison.Ordinal))), failing => failing);
        var refusals = 0;
        for (var attempt = 0; refusals < 5; attempt++)
        {
            Assert.InRange(attempt, 0, 2000);
            disk.Fill();
            using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/scratch")
            {
                Content = new StringContent(
                    $$"""{"description":"{{attempt}} {{new string('x', 400)}}"}""", System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            using var answer = await day.Api.SendAsync(request, Cancel);
            refusals = answer.StatusCode == HttpStatusCode.ServiceUnavailable ? refusals + 1 : 0;
        }
    }

    private static async Task RefusedAsync(GameDay day, HttpMethod method, string address, string json)
    {
        using var answer = await day.SendAsync(method, address, json);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Free space there", GameDay.Text(await GameDay.ReadAsync(answer), "detail"), StringComparison.Ordinal);
    }

    private static async Task GoesAheadAsync(GameDay day)
    {
        using var off = await day.SendAsync(HttpMethod.Post, "/api/v1/flags/a/flip", """{"enabled":false,"reason":"it burns"}""");
        Assert.Equal(HttpStatusCode.Accepted, off.StatusCode);
        var flag = await GameDay.ReadAsync(off);
        Assert.False(flag.GetProperty("served").GetBoolean());
        Assert.Contains("kept over a restart", GameDay.Text(flag, "why"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> HaltAsync(GameDay day)
    {
        using var answer = await day.SendAsync(HttpMethod.Post, "/api/v1/halt", """{"reason":"it burns"}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await GameDay.ReadAsync(answer);
    }

    /// <summary>The OFF is in the store with who, why and when.</summary>
    private static async Task WrittenAsync(GameDay day)
    {
        await UntilStoredAsync(day, "flag.flipped-off", "otto");
        var page = await day.GetAsync("/api/v1/timeline?kind=flag.flipped-off");
        var entry = Assert.Single(page.GetProperty("entries").EnumerateArray());
        Assert.Equal("it burns", GameDay.Text(entry, "reason"));
        Assert.True(entry.GetProperty("data").TryGetProperty("journaledAt", out _));
        var flag = await day.UntilAsync("/api/v1/flags/a", now => !GameDay.Text(now, "why")!.Contains("not written", StringComparison.Ordinal));
        Assert.False(flag.GetProperty("enabled").GetBoolean());
    }

    private static Task UntilStoredAsync(GameDay day, string kind, string actor) => day.UntilAsync(
        $"/api/v1/timeline?kind={kind}", page => page.GetProperty("entries").EnumerateArray().Any(entry => GameDay.Text(entry, "actor") == actor));

    private static async Task UntilAcceptedAsync(GameDay day, string address, string json, HttpStatusCode expected)
    {
        using var answer = await Orders.UntilAsync(() => day.SendAsync(HttpMethod.Post, address, json), answer => answer.StatusCode == expected);
    }
}
