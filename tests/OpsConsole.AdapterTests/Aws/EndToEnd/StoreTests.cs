using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;

namespace OpsConsole.AdapterTests.Aws.EndToEnd;

/// <summary>What an operator sees of the store in DynamoDB, when it is well and when it is not.</summary>
public sealed class StoreTests(DynaliteServer server)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flag_that_is_written_by_hand_is_served_within_two_seconds_and_told_as_changed_outside()
    {
        await using var console = await AwsConsole.StartAsync(server);
        await console.PassAsync(Second * 2);

        await console.Tables.WriteFlagAsync(new() { ["name"] = new("hand"), ["enabled"] = new() { BOOL = true } });
        await console.PassAsync(Second * 2);
        await AwsConsole.SettlesAsync(() => ServedAsync(console, "hand"), served => served == true);
        await console.Tables.WriteFlagAsync(new() { ["name"] = new("hand"), ["enabled"] = new() { BOOL = false } });
        await console.PassAsync(Second * 2);
        await AwsConsole.SettlesAsync(() => ServedAsync(console, "hand"), served => served == false);
        await console.Tables.Client.DeleteItemAsync(console.Tables.Options.FlagsTable, new() { ["name"] = new("hand") }, Cancelled);
        await console.PassAsync(Second * 2);
        await AwsConsole.SettlesAsync(() => ServedAsync(console, "hand"), served => served is null);

        var told = await console.PassUntilAsync(() => ToldAsync(console), entries => entries.Count == 3, Second * 5);
        Assert.Equal(
            [("outside", "none → ON"), ("outside", "ON → OFF"), ("outside", "OFF → none")],
            told.Select(entry => (entry.GetProperty("actor").GetString(), entry.GetProperty("data").GetProperty("enabled").GetString())));
        var page = WebUtility.HtmlDecode(await console.PageAsync("/timeline"));
        Assert.Contains("flag:hand", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ProvisionedThroughputExceededException", "throttles dynamodb:UpdateItem", "it refuses requests because there are too many")]
    [InlineData("AccessDeniedException", "denies the console dynamodb:UpdateItem", "the console lacks a permission")]
    public async Task A_store_that_does_not_take_changes_for_a_minute_is_said_on_every_page_and_reading_goes_on(string error, string part, string word)
    {
        await using var console = await AwsConsole.StartAsync(server, ("AWS:MaxErrorRetry", "0"), ("AWS:RetryMode", "Standard"));
        await console.CreateFlagAsync("a", new { enabled = false });
        await console.PassAsync(Second * 2);
        console.Dynamo.Decide = request => request.Operation == "UpdateItem" && request.Partition != "cells" ? Fate.Refused(error) : Fate.Usual;

        using var refused = await console.Http.PostAsJsonAsync("/api/v1/flags/a/flip", new { enabled = true, reason = "test" }, Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(part, await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        Assert.Contains("hidden data-store-banner", await console.PageAsync("/"), StringComparison.Ordinal);
        await console.PassAsync(Second * 60);

        Assert.DoesNotContain("hidden data-store-banner", await console.PageAsync("/flags"), StringComparison.Ordinal);
        Assert.Contains(part, WebUtility.HtmlDecode(await console.PageAsync("/flags")), StringComparison.Ordinal);
        Assert.False(await ServedAsync(console, "a"));
        var (status, store) = await ReadyAsync(console);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"It can be read, but {word}, since 12:00:0", store, StringComparison.Ordinal);

        console.Dynamo.Decide = _ => Fate.Usual;
        using var flipped = await console.Http.PostAsJsonAsync("/api/v1/flags/a/flip", new { enabled = true, reason = "test" }, Cancelled);
        Assert.True(flipped.IsSuccessStatusCode);
        Assert.Contains("hidden data-store-banner", await console.PageAsync("/"), StringComparison.Ordinal);
        Assert.Equal(["flag.created", "flag.flipped-on"], (await console.TimelineAsync("flag.")).Select(entry => entry.GetProperty("kind").GetString()));
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_is_said_and_flags_go_on_being_served_from_what_is_known()
    {
        await using var console = await AwsConsole.StartAsync(server, ("AWS:MaxErrorRetry", "0"), ("AWS:RetryMode", "Standard"));
        await console.CreateFlagAsync("a", new { enabled = true });
        await console.PassAsync(Second * 2);

        console.Dynamo.Decide = _ => Fate.Refused("InternalServerError", "away", HttpStatusCode.InternalServerError);
        await console.PassAsync(Second * 20);

        Assert.True(await ServedAsync(console, "a"));
        var (status, store) = await ReadyAsync(console);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Matches("^It cannot be read: it does not answer or fails, since 12:00:[0-2][0-9] UTC.$", store);
        Assert.Contains("fails at dynamodb:", WebUtility.HtmlDecode(await console.PageAsync("/")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing", "There is no table")]
    [InlineData("mixed", "has another key than the console needs")]
    public async Task A_table_that_cannot_be_used_is_named_with_what_to_do(string how, string part)
    {
        using var place = await DynamoPlace.CreateAsync(server);
        var table = how == "missing" ? place.Options.RecordsTable + "-missing" : place.Options.FlagsTable;
        await using var console = await AwsConsole.StartAsync(
            server, ("OpsConsole:Aws:RecordsTable", table), ("OpsConsole:Aws:FlagsTable", place.Options.RecordsTable));
        await console.PassAsync(Second * 10);

        var page = WebUtility.HtmlDecode(await console.PageAsync("/"));

        Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("opsconsole aws init", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadyAsync(console)).Status);
    }

    [Fact]
    public async Task What_is_too_large_for_an_item_is_refused_with_why_and_the_store_is_well()
    {
        await using var console = await AwsConsole.StartAsync(server);
        await console.CreateFlagAsync("a", new { enabled = false });
        var service = new
        {
            service = "large",
            metrics = Enumerable.Range(0, 40).Select(index => new
            {
                id = $"m{index}",
                role = index == 0 ? "Requests" : "Operand",
                @namespace = "AWS/ApplicationELB",
                metric = "RequestCount",
                statistic = "Sum",
                dimensions = Enumerable.Range(0, 12).ToDictionary(number => $"d{number}", _ => new string('x', 1000)),
            }),
        };

        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/monitoring/large") { Content = JsonContent.Create(service) };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        using var answer = await console.Http.SendAsync(request, Cancelled);

        Assert.Contains("400 KB", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        await console.PassAsync(Second * 6);
        Assert.Contains("hidden data-store-banner", await console.PageAsync("/"), StringComparison.Ordinal);
        Assert.Equal("It can be read.", (await ReadyAsync(console)).Store);
    }

    private static async Task<(HttpStatusCode Status, string? Store)> ReadyAsync(AwsConsole console)
    {
        using var answer = await console.Http.GetAsync("/healthz/ready", Cancelled);
        var checks = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("checks").EnumerateArray();
        return (answer.StatusCode, checks.Single(check => check.GetProperty("name").GetString() == "store").GetProperty("detail").GetString());
    }

    private static async Task<bool?> ServedAsync(AwsConsole console, string flag)
    {
        using var answer = await console.Http.GetAsync("/api/v1/flags/" + flag, Cancelled);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("served").GetBoolean();
    }

    private static Task<IReadOnlyList<JsonElement>> ToldAsync(AwsConsole console) => console.TimelineAsync("flag.changed");
}
