using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>Console processes that are killed as <c>kill -9</c> does while they write to DynamoDB.</summary>
public sealed class KilledConsoleTests(DynaliteServer server)
{
    private const int Flags = 4, Kills = 5;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_and_no_change_is_without_its_event()
    {
        await using var aws = await ScriptedAws.StartAsync(dynamo: server.Address);
        using var place = await DynamoPlace.CreateAsync(server);
        var acknowledged = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var console = Start(aws, place);
            using var http = Client(await console.AddressAsync());
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writers = Enumerable.Range(0, Flags).Select(flag => FlipAsync(http, $"flag-{flag}", acknowledged, kill, enough)).ToList();

            // In the midst of its writing, each time at another moment.
            await Task.WhenAny(enough.Task, Task.WhenAll(writers));
            await console.KillAsync();
            await Task.WhenAll(writers);
        }

        await using var judge = Start(aws, place);
        using var reader = Client(await judge.AddressAsync());
        foreach (var (flag, reasons) in acknowledged)
        {
            var (revision, enabled, events) = await SettledAsync(reader, flag);
            var told = events.Select(entry => entry.GetProperty("reason").GetString()!).ToList();

            Assert.Equal(revision, events.Count);
            Assert.Equal(told.Distinct(StringComparer.Ordinal), told);
            Assert.Equal(reasons, told.Where(reasons.Contains));
            Assert.Equal(events[^1].GetProperty("kind").GetString() == "flag.flipped-on", enabled);
        }

        Assert.True(acknowledged.Values.Sum(reasons => reasons.Count) > Kills * 5);
        var chain = await reader.GetFromJsonAsync<JsonElement>("/api/v1/timeline/verify", Cancelled);
        Assert.True(chain.GetProperty("intact").GetBoolean(), chain.GetRawText());
    }

    /// <summary>Flips a flag on and off until the console is gone, and keeps what was acknowledged.</summary>
    private static async Task FlipAsync(
        HttpClient http, string flag, Dictionary<string, List<string>> acknowledged, int kill, TaskCompletionSource enough)
    {
        List<string> reasons;
        lock (acknowledged)
        {
            reasons = acknowledged.TryGetValue(flag, out var known) ? known : acknowledged[flag] = [];
        }

        try
        {
            if (kill == 0)
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/flags/" + flag) { Content = JsonContent.Create(new { enabled = false }) };
                request.Headers.TryAddWithoutValidation("If-None-Match", "*");
                using var created = await http.SendAsync(request, Cancelled);
                created.EnsureSuccessStatusCode();
            }

            var enabled = (await http.GetFromJsonAsync<JsonElement>("/api/v1/flags/" + flag, Cancelled)).GetProperty("enabled").GetBoolean();
            for (var turn = 0; ; turn++)
            {
                var reason = $"{flag} {kill}.{turn}";
                using var answer = await http.PostAsJsonAsync($"/api/v1/flags/{flag}/flip", new { enabled = !enabled, reason }, Cancelled);
                if (answer.IsSuccessStatusCode)
                {
                    enabled = !enabled;
                    lock (acknowledged)
                    {
                        reasons.Add(reason);
                        if (acknowledged.Values.Sum(all => all.Count) >= (kill + 1) * 12)
                        {
                            enough.TrySetResult();
                        }
                    }
                }
            }
        }
        catch (HttpRequestException)
        {
            // It was killed: whether the last flip was done is not known.
        }
    }

    /// <summary>A flag and what the timeline tells of it, once the events that were left in the item are moved.</summary>
    private static async Task<(long Revision, bool Enabled, IReadOnlyList<JsonElement> Events)> SettledAsync(HttpClient http, string flag)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var answer = await http.GetAsync("/api/v1/flags/" + flag, patience.Token);
            var stored = await answer.Content.ReadFromJsonAsync<JsonElement>(patience.Token);
            var revision = long.Parse(answer.Headers.ETag!.Tag.Trim('"'), System.Globalization.CultureInfo.InvariantCulture);
            var timeline = await http.GetFromJsonAsync<JsonElement>($"/api/v1/timeline?subject=flag:{flag}&after=0&limit=1000", patience.Token);
            IReadOnlyList<JsonElement> events = [.. timeline.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("kind").GetString() is "flag.created" or "flag.flipped-on" or "flag.flipped-off")];
            if (events.Count >= revision)
            {
                return (revision, stored.GetProperty("enabled").GetBoolean(), events);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private static ConsoleProcess Start(ScriptedAws aws, DynamoPlace place) => ConsoleProcess.Start(
    [
        .. AwsConsole.Settings(aws, place),
        ("OpsConsole:Auth:ApiKeys:0:Name", "otto"), ("OpsConsole:Auth:ApiKeys:0:Key", ConsoleHost.OperatorKey), ("OpsConsole:Auth:ApiKeys:0:Role", "operator"),
    ]);

    private static HttpClient Client(Uri address)
    {
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ConsoleHost.OperatorKey);
        return client;
    }
}
