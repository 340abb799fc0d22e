using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Flags;
using OpsConsole.Features.Flags.Ofrep;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Flags;

public sealed class OfrepTests
{
    private const string Somebody = """{"context":{"targetingKey":"user-1"}}""";

    [Theory]
    [InlineData("{", "PARSE_ERROR")]
    [InlineData("", "PARSE_ERROR")]
    [InlineData("[]", "INVALID_CONTEXT")]
    [InlineData("{}", "INVALID_CONTEXT")]
    [InlineData("""{"context":{"targetingKey":5}}""", "INVALID_CONTEXT")]
    public async Task A_bad_request_is_answered_with_the_protocols_code(string body, string code)
    {
        using var console = new FlagConsole();
        using var single = await console.EvaluateAsync("a", body);
        Assert.Equal(HttpStatusCode.BadRequest, single.StatusCode);
        var failure = await FlagConsole.ReadAsync(single);
        Assert.Equal(code, failure.GetProperty("errorCode").GetString());
        Assert.Equal("a", failure.GetProperty("key").GetString());
        using var bulk = await console.EvaluateAsync(null, body);
        Assert.Equal(code, (await FlagConsole.ReadAsync(bulk)).GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_flag_that_is_ON_has_value_variant_and_reason()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        using var answer = await console.EvaluateAsync("a", Somebody);
        var flag = await FlagConsole.ReadAsync(answer);
        Assert.True(flag.GetProperty("value").GetBoolean());
        Assert.Equal("STATIC", flag.GetProperty("reason").GetString());
        Assert.Equal("on", flag.GetProperty("variant").GetString());
    }

    [Fact]
    public async Task A_flag_that_is_shed_is_an_explicit_false()
    {
        using var console = new FlagConsole();
        console.Health.Signs = console.Health.Signs with { ErrorRate = 50 };
        await console.PutAsync("a", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5 } });
        await FlagConsole.EventuallyAsync(async () => (await console.GetAsync("/api/v1/flags/a")).GetProperty("margins")[0].GetProperty("breached").GetBoolean());
        using var answer = await console.EvaluateAsync("a", Somebody);
        var flag = await FlagConsole.ReadAsync(answer);
        Assert.Equal(JsonValueKind.False, flag.GetProperty("value").ValueKind);
        Assert.Equal("TARGETING_MATCH", flag.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_percentage_asks_for_a_targeting_key_and_splits_as_flagd_does()
    {
        using var console = new FlagConsole();
        await console.PutAsync("canary", new { enabled = true, percentage = 20 });
        using var missing = await console.EvaluateAsync("canary", """{"context":{}}""");
        Assert.Equal("TARGETING_KEY_MISSING", (await FlagConsole.ReadAsync(missing)).GetProperty("errorCode").GetString());
        using var bulk = await console.EvaluateAsync(null, """{"context":{}}""");
        Assert.Equal("TARGETING_KEY_MISSING", (await FlagConsole.ReadAsync(bulk)).GetProperty("flags")[0].GetProperty("errorCode").GetString());
        Assert.False(await ValueAsync(console, "user-1"));
        Assert.True(await ValueAsync(console, "user-2"));
    }

    [Fact]
    public async Task An_unknown_flag_is_404_with_a_key_and_401_with_an_empty_body_without_one()
    {
        using var console = new FlagConsole();
        using var unknown = await console.EvaluateAsync("nope", Somebody);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("FLAG_NOT_FOUND", (await FlagConsole.ReadAsync(unknown)).GetProperty("errorCode").GetString());

        using var stranger = console.Host.Client(null);
        using var refused = await stranger.PostAsync(
            new Uri("/ofrep/v1/evaluate/flags/nope", UriKind.Relative), new StringContent(Somebody), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Empty(await refused.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_ETag_covers_flags_and_context()
    {
        using var console = new FlagConsole();
        await console.PutAsync("canary", new { enabled = true, percentage = 20 });
        using var first = await console.EvaluateAsync(null, Somebody);
        var etag = first.Headers.ETag!.ToString();
        using var same = await console.EvaluateAsync(null, Somebody, etag);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using var bare = await console.EvaluateAsync(null, Somebody, etag.Trim('"'));
        Assert.Equal(HttpStatusCode.NotModified, bare.StatusCode);
        using var other = await console.EvaluateAsync(null, """{"context":{"targetingKey":"user-2"}}""", etag);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        await console.FlipAsync("canary", false);
        using var changed = await console.EvaluateAsync(null, Somebody, etag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task The_stream_says_that_it_lives_and_when_to_fetch_again()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        using var bulk = await console.EvaluateAsync(null, Somebody);
        var answer = await FlagConsole.ReadAsync(bulk);
        var stream = answer.GetProperty("eventStreams")[0];
        Assert.Equal("sse", stream.GetProperty("type").GetString());
        var version = answer.GetProperty("metadata").GetProperty("version").GetInt64();

        // Without a header, as an EventSource comes.
        using var browser = console.Host.Client(null);
        using var response = await browser.GetAsync(
            new Uri(stream.GetProperty("endpoint").GetProperty("requestUri").GetString()!, UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", Assert.Single(response.Headers.GetValues("X-Accel-Buffering")));
        using var content = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var events = SseParser.Create(content).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("lease", version), (events.Current.EventType, Member(events.Current, "version").GetInt64()));
        await console.FlipAsync("a", false);
        do
        {
            Assert.True(await events.MoveNextAsync());
        }
        while (events.Current.EventType == "lease");

        Assert.Equal("message", events.Current.EventType);
        Assert.Equal("refetchEvaluation", Member(events.Current, "type").GetString());
        Assert.True(long.Parse(Member(events.Current, "etag").GetString()!, null) > version);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_console_that_goes_ends_the_stream_and_does_not_wait_for_whoever_follows_it()
    {
        using var console = new FlagConsole();
        using var bulk = await console.EvaluateAsync(null, Somebody);
        var address = (await FlagConsole.ReadAsync(bulk)).GetProperty("eventStreams")[0].GetProperty("endpoint").GetProperty("requestUri").GetString()!;
        using var content = await console.Http.GetStreamAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        await using var events = SseParser.Create(content).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await events.MoveNextAsync());

        console.Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        while (await events.MoveNextAsync())
        {
            Assert.Equal("lease", events.Current.EventType);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=forged")]
    public async Task The_stream_is_closed_to_who_has_no_token(string query)
    {
        using var console = new FlagConsole();
        using var answer = await console.Http.GetAsync(new Uri("/ofrep/v1/events" + query, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public void A_token_of_the_stream_lasts_ten_to_twenty_minutes_and_no_longer()
    {
        var clock = new FakeTimeProvider();
        var tokens = new StreamTokens(new EphemeralDataProtectionProvider(), clock);
        var token = tokens.Issue("shop");
        Assert.InRange(tokens.Remaining(token), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20));
        clock.Advance(tokens.Remaining(token));
        Assert.Equal(TimeSpan.Zero, tokens.Remaining(token));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_stream_ends_with_its_token()
    {
        var clock = new FakeTimeProvider();
        await using var events = FlagStream
            .FollowAsync(new FlagFeed(), null, clock, TimeSpan.FromMinutes(10), CancellationToken.None, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await events.MoveNextAsync());
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Who_comes_back_to_the_stream_is_told_to_fetch_what_was_missed()
    {
        using var console = new FlagConsole();
        using var bulk = await console.EvaluateAsync(null, Somebody);
        using var request = new HttpRequestMessage(HttpMethod.Get, StreamOf(await FlagConsole.ReadAsync(bulk)));
        request.Headers.Add("Last-Event-ID", "1");
        using var response = await console.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var content = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var events = SseParser.Create(content).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("message", events.Current.EventType);
    }

    [Fact]
    public async Task A_flag_without_evidence_is_an_explicit_false_for_an_unknown_reason()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true, conditions = new { service = "nowhere", maxErrorRate = 5 } });
        using var answer = await console.EvaluateAsync("a", Somebody);
        var flag = await FlagConsole.ReadAsync(answer);
        Assert.Equal(JsonValueKind.False, flag.GetProperty("value").ValueKind);
        Assert.Equal("UNKNOWN", flag.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Flags_that_could_not_be_read_yet_are_a_failure_and_not_unknown_flags()
    {
        using var console = new ConsoleHost(services => services.Decorate(store => new BreakableStore(store) { Unreadable = true }));
        using var client = console.Client(ConsoleHost.ApplicationKey);
        using var body = new StringContent(Somebody);
        using var answer = await client.PostAsync(new Uri("/ofrep/v1/evaluate/flags/a", UriKind.Relative), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.True((await FlagConsole.ReadAsync(answer)).TryGetProperty("errorDetails", out _));
    }

    [Fact]
    public async Task An_archived_flag_is_not_among_every_flag()
    {
        using var console = new FlagConsole();
        await console.PutAsync("kept", new { enabled = true });
        await console.PutAsync("gone", new { enabled = true });
        await console.Http.DeleteAsync(new Uri("/api/v1/flags/gone", UriKind.Relative), TestContext.Current.CancellationToken);
        using var bulk = await console.EvaluateAsync(null, Somebody);
        Assert.Equal("kept", Assert.Single((await FlagConsole.ReadAsync(bulk)).GetProperty("flags").EnumerateArray()).GetProperty("key").GetString());
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var console = new FlagConsole();
        using var answer = await console.EvaluateAsync("a", $$$"""{"context":{"targetingKey":"{{{new string('a', 64 * 1024)}}}"}}""");
        Assert.Equal("INVALID_CONTEXT", (await FlagConsole.ReadAsync(answer)).GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task A_chunked_body_is_read()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags/a")
        {
            Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Somebody))),
        };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await console.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Pages_of_other_origins_are_answered_only_if_they_are_configured()
    {
        using var shut = new FlagConsole();
        using var open = new FlagConsole(null, ("OpsConsole:Flags:AllowedOrigins:0", "https://shop.example"));
        Assert.False((await PreflightAsync(shut)).Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal("https://shop.example", (await PreflightAsync(open)).Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    private static async Task<HttpResponseMessage> PreflightAsync(FlagConsole console)
    {
        using var browser = console.Host.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Options, "/ofrep/v1/evaluate/flags");
        request.Headers.Add("Origin", "https://shop.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        return await browser.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Uri StreamOf(JsonElement bulk) =>
        new(bulk.GetProperty("eventStreams")[0].GetProperty("endpoint").GetProperty("requestUri").GetString()!, UriKind.Relative);

    private static JsonElement Member(SseItem<string> item, string name) => JsonDocument.Parse(item.Data).RootElement.GetProperty(name);

    private static async Task<bool> ValueAsync(FlagConsole console, string user)
    {
        using var answer = await console.EvaluateAsync("canary", $$$"""{"context":{"targetingKey":"{{{user}}}"}}""");
        return (await FlagConsole.ReadAsync(answer)).GetProperty("value").GetBoolean();
    }
}
