using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Timeline;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Timeline;

public sealed class TimelineEndpointTests : IAsyncLifetime
{
    private readonly ConsoleHost _console = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var timeline = _console.Services.GetRequiredService<ITimeline>();
        for (var number = 0; number < 5; number++)
        {
            await timeline.AppendAsync(
                new TimelineEvent { Actor = "ana", Kind = TimelineKinds.FlagFlippedOn, Subject = "flag:a", Reason = "number " + number }.With("service", "shop"), Cancelled);
        }
    }

    public ValueTask DisposeAsync() => _console.DisposeAsync();

    [Fact]
    public async Task The_start_of_the_console_and_what_was_done_are_read_newest_first()
    {
        var page = await GetAsync("");
        var entries = page.GetProperty("entries").EnumerateArray().ToList();

        Assert.Equal("number 4", entries[0].GetProperty("reason").GetString());
        Assert.Equal("shop", entries[0].GetProperty("data").GetProperty("service").GetString());
        Assert.Equal(entries[0].GetProperty("sequence").GetInt64(), page.GetProperty("last").GetInt64());
        Assert.Equal(entries[1].GetProperty("hash").GetString(), entries[0].GetProperty("previousHash").GetString());
        Assert.EndsWith("+00:00", entries[0].GetProperty("at").GetString(), StringComparison.Ordinal);
        Assert.Contains(entries, entry => entry.GetProperty("kind").GetString() == TimelineKinds.ConsoleStarted);
    }

    [Fact]
    public async Task Whoever_asks_for_what_comes_after_a_number_gets_every_entry_once_in_order()
    {
        List<long> seen = [];
        for (long after = 0; ;)
        {
            var page = await GetAsync($"?kind=flag.&limit=2&after={after}");
            if (page.GetProperty("entries").GetArrayLength() == 0)
            {
                Assert.Equal(after, page.GetProperty("last").GetInt64());
                break;
            }

            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("sequence").GetInt64()));
            after = page.GetProperty("last").GetInt64();
        }

        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Order(), seen);
    }

    [Theory]
    [InlineData("?after=minus", "after")]
    [InlineData("?after=-1", "after")]
    [InlineData("?before=1.5", "before")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?from=yesterday", "from")]
    [InlineData("?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to")]
    [InlineData("?order=sideways", "order")]
    public async Task A_parameter_that_is_wrong_is_named(string query, string parameter)
    {
        using var client = _console.Client();
        foreach (var path in new[] { "", "/export" })
        {
            using var answer = await client.GetAsync($"/api/v1/timeline{path}{query}", Cancelled);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancelled));
            Assert.True(problem.RootElement.GetProperty("errors").TryGetProperty(parameter, out _));
        }
    }

    [Fact]
    public async Task The_chain_is_verified()
    {
        var chain = await GetAsync("/verify");

        Assert.True(chain.GetProperty("intact").GetBoolean());
        Assert.True(chain.GetProperty("entries").GetInt64() >= 5);
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("firstBroken").ValueKind);
        Assert.Equal(JsonValueKind.Null, chain.GetProperty("problem").ValueKind);
    }

    [Fact]
    public async Task The_export_has_one_entry_a_line_oldest_first()
    {
        using var client = _console.Client(ConsoleHost.ViewerKey);

        var lines = (await client.GetStringAsync("/api/v1/timeline/export?actor=ana", Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(5, lines.Length);
        Assert.Equal(
            Enumerable.Range(0, 5).Select(number => "number " + number),
            lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/verify")]
    [InlineData("/export")]
    public async Task Who_did_not_sign_in_reads_nothing(string path)
    {
        using var client = _console.Client(apiKey: null);
        using var answer = await client.GetAsync("/api/v1/timeline" + path, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_page_shows_what_its_address_asks_for()
    {
        using var browser = await Browser.SignedInAsync(_console);

        var html = await browser.Http.GetStringAsync("/timeline?text=number+3", Cancelled);

        Assert.Contains("number 3", html, StringComparison.Ordinal);
        Assert.DoesNotContain("number 4", html, StringComparison.Ordinal);
    }

    private async Task<JsonElement> GetAsync(string rest)
    {
        using var client = _console.Client(ConsoleHost.ViewerKey);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/api/v1/timeline" + rest, Cancelled));
        return document.RootElement.Clone();
    }
}
