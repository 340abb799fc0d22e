using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class ExperimentApiTests : IDisposable
{
    private readonly MemoryStore _store = new(TimeProvider.System);
    private readonly FakeEngine _engine = new(TimeProvider.System);
    private readonly ConsoleHost _host;

    public ExperimentApiTests() => _host = new ConsoleHost(services =>
    {
        services.Replace(ServiceDescriptor.Singleton<IRecordStore>(_store));
        services.Replace(ServiceDescriptor.Singleton<ITimeline>(_store));
        services.Replace(ServiceDescriptor.Singleton<IHaltJournal>(_store));
        services.Replace(ServiceDescriptor.Singleton<IIntentJournal>(_store));
        services.Replace(ServiceDescriptor.Singleton<IFaultEngine>(_engine));
        services.Replace(ServiceDescriptor.Singleton<IHealthSource>(new SteadySource()));
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_three_definitions_that_come_with_the_console_are_listed()
    {
        using var client = _host.Client(ConsoleHost.ViewerKey);
        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments", Cancelled);
        Assert.Equal(
            ["database-failover", "instance-termination", "network-latency"],
            list.GetProperty("experiments").EnumerateArray().Select(experiment => experiment.GetProperty("id").GetString()));
        var latency = list.GetProperty("experiments")[2];
        Assert.Equal("DependencyLatency", latency.GetProperty("faults")[0].GetProperty("kind").GetString());
        Assert.Equal(200, latency.GetProperty("faults")[0].GetProperty("delayMs").GetDouble());
        Assert.Equal(JsonValueKind.Null, latency.GetProperty("faults")[0].GetProperty("route").ValueKind);
    }

    [Fact]
    public async Task A_definition_without_safeguards_has_the_shared_default_ones()
    {
        _host.Services.GetRequiredService<ParameterFeed>().Publish(ParameterSnapshot.Empty with { SafeguardDefaults = new(7.5, null) });
        using var client = _host.Client();
        var mine = new { title = "Mine", hypothesis = "Nothing happens.", service = "shop", faults = new[] { new { kind = "Error", statusCode = 503 } }, durationSeconds = 60 };

        var created = await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", JsonSerializer.SerializeToElement(mine), ifNoneMatch: "*");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var document = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments/mine", Cancelled);
        Assert.Equal(7.5, document.GetProperty("safeguards").GetProperty("maxErrorRate").GetDouble());
    }

    [Fact]
    public async Task A_definition_is_created_changed_and_deleted_on_its_revision()
    {
        using var client = _host.Client();
        var mine = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments/network-latency", Cancelled);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", mine)).StatusCode);
        var created = await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", mine, ifNoneMatch: "*");
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (created.StatusCode, created.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", mine, ifNoneMatch: "*")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", mine, ifMatch: "\"1\"")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", mine, ifMatch: "\"1\"")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(client, HttpMethod.Delete, "/api/v1/experiments/mine", null, ifMatch: "\"1\"")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(client, HttpMethod.Delete, "/api/v1/experiments/mine", null, ifMatch: "\"2\"")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/api/v1/experiments/mine", Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/network-latency", mine, ifMatch: "\"1\"")).StatusCode);
    }

    [Fact]
    public async Task A_wrong_definition_is_refused_member_by_member()
    {
        using var client = _host.Client();
        var body = JsonSerializer.Deserialize<JsonElement>(
            """{"title":"x","hypothesis":"y","service":"s","durationSeconds":1,"faults":[{"kind":"Latency","delayMs":0,"share":101}],"safeguards":{}}""");
        var response = await SendAsync(client, HttpMethod.Put, "/api/v1/experiments/mine", body, ifNoneMatch: "*");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(
            ["duration", "faults[0].delay", "faults[0].share", "safeguards"],
            problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"faults":[{"kind":"Meteor"}]}""")]
    [InlineData("""{"faults":[{"kind":3}]}""")]
    [InlineData("""{"durationSeconds":"long"}""")]
    [InlineData("[]")]
    public async Task Malformed_definitions_are_a_problem_not_an_error(string body)
    {
        using var client = _host.Client();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/experiments/mine")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        var response = await client.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_run_is_launched_watched_and_halted()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        var launched = await client.PostAsJsonAsync(
            "/api/v1/experiments/network-latency/runs", new { reason = "to see", clientToken = "t1" }, Cancelled);
        Assert.Equal(HttpStatusCode.Accepted, launched.StatusCode);
        var location = launched.Headers.Location!.ToString();
        var run = await UntilAsync(client, location, run => run.GetProperty("state").GetString() == "Running");
        Assert.Equal(("network-latency", "otto", "to see"), (Text(run, "experiment"), Text(run, "requestedBy"), Text(run, "reason")));
        Assert.Equal(3, run.GetProperty("faults").GetArrayLength());

        var again = await client.PostAsJsonAsync("/api/v1/experiments/network-latency/runs", new { clientToken = "t1" }, Cancelled);
        Assert.Equal((HttpStatusCode.Accepted, location), (again.StatusCode, again.Headers.Location!.ToString()));

        var busy = await client.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, busy.StatusCode);
        Assert.Equal(Text(run, "id"), Text(await busy.Content.ReadFromJsonAsync<JsonElement>(Cancelled), "run"));

        var halt = await client.PostAsJsonAsync("/api/v1/halt", new { reason = "enough" }, Cancelled);
        var all = await halt.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal((1, 1, 0), (all.GetProperty("halted").GetInt32(), all.GetProperty("confirmed").GetInt32(), all.GetProperty("unconfirmed").GetArrayLength()));
        var halted = await client.GetFromJsonAsync<JsonElement>(location, Cancelled);
        Assert.Equal(("otto", "enough"), (Text(halted, "haltedBy"), Text(halted, "haltReason")));
        Assert.True(halted.GetProperty("haltConfirmedMs").GetDouble() < 2000);

        var over = await client.PostAsync(location + "/halt", null, Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, over.StatusCode);
        var export = await client.GetFromJsonAsync<JsonElement>(location + "/export", Cancelled);
        Assert.Contains(export.GetProperty("timeline").EnumerateArray(), entry => Text(entry, "kind") == TimelineKinds.RunHaltConfirmed);
    }

    [Fact]
    public async Task Ten_clicks_on_launch_at_once_give_one_run()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        var clicks = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.PostAsJsonAsync(
            "/api/v1/experiments/network-latency/runs", new { clientToken = "click" }, Cancelled)));
        Assert.All(clicks, click => Assert.Equal(HttpStatusCode.Accepted, click.StatusCode));
        Assert.Single(clicks.Select(click => click.Headers.Location!.ToString()).Distinct(StringComparer.Ordinal));
        await client.PostAsync("/api/v1/halt", null, Cancelled);
    }

    [Fact]
    public async Task Of_ten_launches_at_once_without_a_token_one_runs_and_the_others_name_it()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        var launches = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled)));
        var location = Assert.Single(launches, launch => launch.StatusCode == HttpStatusCode.Accepted).Headers.Location!.ToString();
        foreach (var busy in launches.Where(launch => launch.StatusCode != HttpStatusCode.Accepted))
        {
            Assert.Equal(HttpStatusCode.Conflict, busy.StatusCode);
            Assert.EndsWith("/" + Text(await busy.Content.ReadFromJsonAsync<JsonElement>(Cancelled), "run"), location, StringComparison.Ordinal);
        }

        await client.PostAsync("/api/v1/halt", null, Cancelled);
    }

    [Fact]
    public async Task A_double_click_on_the_page_gives_one_run()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        using var browser = await Browser.SignedInAsync(_host);
        await browser.Http.GetStringAsync("/account", Cancelled);
        var clicks = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => browser.PostFormAsync(
            "/account", "/experiments/network-latency/launch", ("reason", "to see"), ("clientToken", "form-1"))));
        Assert.All(clicks, click => Assert.Equal(HttpStatusCode.SeeOther, click.StatusCode));
        var run = Assert.Single(clicks.Select(click => click.Headers.Location!.ToString()).Distinct(StringComparer.Ordinal));
        Assert.StartsWith("/runs/", run, StringComparison.Ordinal);
        Assert.Equal(1, (await client.GetFromJsonAsync<JsonElement>("/api/v1/runs", Cancelled)).GetProperty("runs").GetArrayLength());
        await client.PostAsync("/api/v1/halt", null, Cancelled);
    }

    [Fact]
    public async Task A_refused_preflight_answers_with_every_check()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        _engine.Targets.Clear();
        var response = await client.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        var failed = Assert.Single(problem.GetProperty("checks").EnumerateArray(), check => !check.GetProperty("passed").GetBoolean());
        Assert.Equal("Targets", Text(failed, "name"));
    }

    [Fact]
    public async Task An_unwritable_store_refuses_the_start_and_lets_the_halt_through()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        var launched = await client.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled);
        await UntilAsync(client, launched.Headers.Location!.ToString(), run => Text(run, "state") == "Running");
        _store.Unwritable = true;
        var all = await (await client.PostAsync("/api/v1/halt", null, Cancelled)).Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal(1, all.GetProperty("confirmed").GetInt32());
        Assert.Empty(_engine.Active);
    }

    [Fact]
    public async Task An_unwritable_store_refuses_a_launch_with_the_reason()
    {
        using var client = _host.Client();
        await SteadyAsync(client);
        _store.Unwritable = true;
        var response = await client.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("disk is full", Text(await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled), "detail"), StringComparison.Ordinal);
        Assert.Empty(_engine.Active);
    }

    [Fact]
    public async Task An_operator_engages_the_lever_and_only_an_administrator_disengages_it()
    {
        using var otto = _host.Client();
        using var ada = _host.Client(ConsoleHost.AdminKey);
        await SteadyAsync(otto);
        Assert.Equal(HttpStatusCode.BadRequest, (await otto.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = true }, Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await otto.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = true, reason = "incident 7" }, Cancelled)).StatusCode);
        var refused = await otto.PostAsync("/api/v1/experiments/network-latency/runs", null, Cancelled);
        var detail = Text(await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled), "detail");
        Assert.Contains("engaged by otto", detail, StringComparison.Ordinal);
        Assert.Contains("incident 7", detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await otto.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = false, reason = "over" }, Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await ada.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = false, reason = "over" }, Cancelled)).StatusCode);
        Assert.False((await otto.GetFromJsonAsync<JsonElement>("/api/v1/safety-lever", Cancelled)).GetProperty("engaged").GetBoolean());
    }

    [Theory]
    [InlineData("GET", "/api/v1/experiments/nothing", 404)]
    [InlineData("POST", "/api/v1/experiments/nothing/runs", 404)]
    [InlineData("POST", "/api/v1/experiments/nothing/preflight", 404)]
    [InlineData("GET", "/api/v1/runs/nothing", 404)]
    [InlineData("POST", "/api/v1/runs/nothing/halt", 404)]
    [InlineData("GET", "/api/v1/runs/nothing/export", 404)]
    [InlineData("GET", "/api/v1/runs?limit=0", 400)]
    [InlineData("GET", "/api/v1/runs?limit=x", 400)]
    [InlineData("GET", "/api/v1/runs?state=Sleeping", 400)]
    public async Task What_does_not_exist_or_is_out_of_range_is_a_problem(string method, string path, int status)
    {
        using var client = _host.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var response = await client.SendAsync(request, Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("POST", "/api/v1/halt")]
    [InlineData("POST", "/api/v1/runs/x/halt")]
    [InlineData("POST", "/api/v1/experiments/network-latency/runs")]
    [InlineData("PUT", "/api/v1/safety-lever")]
    [InlineData("DELETE", "/api/v1/experiments/network-latency")]
    public async Task A_viewer_looks_and_does_not_act(string method, string path)
    {
        using var client = _host.Client(ConsoleHost.ViewerKey);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(new { }) };
        Assert.Equal(HttpStatusCode.Forbidden, (await client.SendAsync(request, Cancelled)).StatusCode);
    }

    public void Dispose() => _host.Dispose();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<JsonElement> UntilAsync(HttpClient client, string path, Func<JsonElement, bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var now = await client.GetFromJsonAsync<JsonElement>(path, limit.Token);
            if (holds(now))
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private static async Task SteadyAsync(HttpClient client)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var response = await client.PostAsync("/api/v1/experiments/network-latency/preflight", null, limit.Token);
            var preflight = await response.Content.ReadFromJsonAsync<JsonElement>(limit.Token);
            if (preflight.GetProperty("passed").GetBoolean())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpMethod method, string path, JsonElement? body, string? ifMatch = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body.Value);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await client.SendAsync(request, Cancelled);
    }

    private sealed class SteadySource : IHealthSource
    {
        public string Name => "steady";

        public ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken) => new(
        [
            new SourceReading
            {
                Service = "storefront",
                Environment = "test",
                At = TimeProvider.System.GetUtcNow(),
                Period = TimeSpan.FromSeconds(1),
                Signs = new(ErrorRate: 0, LatencyP95: 80, Throughput: 40),
                Requests = 40,
            },
        ]);
    }
}
