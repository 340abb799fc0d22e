using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Runbooks;

/// <summary>Runbooks over HTTP: the automation API, and the forms of the pages.</summary>
public sealed class RunbookApiTests : IDisposable
{
    private readonly FakeRunbooks _engine = new FakeRunbooks().Add("restart", ("Group", "{service}-asg")).Add("report");
    private readonly ConsoleHost _host;

    public RunbookApiTests() => _host = new ConsoleHost(services => services.Replace(ServiceDescriptor.Singleton<IRunbookEngine>(_engine)));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Runbooks_are_listed_with_their_documents()
    {
        using var client = _host.Client(ConsoleHost.ViewerKey);

        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/runbooks", Token);

        Assert.Equal(["report", "restart"], list.GetProperty("runbooks").EnumerateArray().Select(runbook => runbook.GetProperty("name").GetString()));
        Assert.Equal("{service}-asg", list.GetProperty("runbooks")[1].GetProperty("parameters").GetProperty("Group")[0].GetString());
    }

    [Fact]
    public async Task One_token_one_execution_which_is_followed_to_its_end()
    {
        using var client = _host.Client();
        var body = new { reason = "it leaks", service = "shop", clientToken = "0193f5a0-0000-7000-8000-000000000001" };
        using var first = await client.PostAsJsonAsync("/api/v1/runbooks/restart/executions", body, Token);
        using var second = await client.PostAsJsonAsync("/api/v1/runbooks/restart/executions", body, Token);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);

        var id = first.Headers.Location!.ToString().Split('/')[^1];
        await UntilAsync(id, RunbookState.InProgress);
        _engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        await UntilAsync(id, RunbookState.Succeeded);

        var over = await client.GetFromJsonAsync<JsonElement>(first.Headers.Location, Token);
        Assert.Equal(("Succeeded", "exec-1", "otto"), (Text(over, "state"), Text(over, "engineId"), Text(over, "requestedBy")));
        Assert.Single(_engine.Orders);
        using var stopped = await client.PostAsJsonAsync($"{first.Headers.Location}/stop", new { }, Token);
        Assert.Equal(HttpStatusCode.Conflict, stopped.StatusCode);
    }

    [Fact]
    public async Task A_start_needs_a_reason_a_service_and_the_role_operator()
    {
        using var client = _host.Client();
        using var viewer = _host.Client(ConsoleHost.ViewerKey);
        const string Path = "/api/v1/runbooks/restart/executions";

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync(Path, new { service = "shop" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync(Path, new { reason = "it leaks" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsJsonAsync("/api/v1/runbooks/none/executions", new { reason = "x" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsJsonAsync(Path, new { reason = "it leaks", service = "shop" }, Token)).StatusCode);
        Assert.Empty(_engine.Orders);
    }

    [Fact]
    public async Task Only_an_administrator_decides_an_approval()
    {
        _engine.Reading = FakeRunbooks.Read(RunbookState.Waiting, FakeRunbooks.Approval("Confirm"));
        var id = await StartAsync();
        await UntilAsync(id, RunbookState.Waiting);
        using var client = _host.Client();
        using var admin = _host.Client(ConsoleHost.AdminKey);
        var path = $"/api/v1/runbooks/executions/{id}/decision";

        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsJsonAsync(path, new { approved = true, reason = "go" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync(path, new { reason = "go" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsJsonAsync(path, new { approved = true }, Token)).StatusCode);
        Assert.Empty(_engine.Commands);

        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsJsonAsync(path, new { approved = true, reason = "go" }, Token)).StatusCode);
        Assert.Equal(["approve exec-1 ada: go"], _engine.Commands);
    }

    [Fact]
    public async Task The_forms_start_stop_and_say_what_was_wrong()
    {
        using var browser = await Browser.SignedInAsync(_host);
        using var started = await browser.PostFormAsync("/runbooks", "/runbooks/restart/start", ("reason", "it leaks"), ("service", "shop"));
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        var page = started.Headers.Location!.ToString();
        await UntilAsync(page.Split('/')[^1], RunbookState.InProgress);
        var html = await browser.Http.GetStringAsync(page, Token);
        Assert.Contains("restart goes on.", html, StringComparison.Ordinal);
        Assert.Contains("shop-asg", html, StringComparison.Ordinal);

        using var stopped = await browser.PostFormAsync(page, page + "/stop");
        Assert.Equal(page, stopped.Headers.Location!.ToString());
        Assert.Contains("stop exec-1", _engine.Commands);

        using var wrong = await browser.PostFormAsync("/runbooks", "/runbooks/restart/start", ("service", "shop"));
        Assert.Contains("Nothing was started. Say why", await browser.Http.GetStringAsync(wrong.Headers.Location, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_forms_approve_and_reject()
    {
        _engine.Reading = FakeRunbooks.Read(RunbookState.Waiting, FakeRunbooks.Approval("Confirm"));
        var id = await StartAsync();
        await UntilAsync(id, RunbookState.Waiting);
        using var browser = await Browser.SignedInAsync(_host);
        var page = $"/runbooks/executions/{id}";

        using var rejected = await browser.PostFormAsync(page, page + "/decision", ("approved", "false"), ("reason", "not now"));
        using var approved = await browser.PostFormAsync(page, page + "/decision", ("approved", "true"), ("reason", "go"));
        _engine.Command = new(Taken: false, "Systems Manager does not take it.");
        using var late = await browser.PostFormAsync(page, page + "/decision", ("approved", "true"), ("reason", "go"));

        Assert.Equal([page, page], [rejected.Headers.Location!.ToString(), approved.Headers.Location!.ToString()]);
        Assert.Equal(["reject exec-1", "approve exec-1", "approve exec-1"], _engine.Commands.Select(command => string.Join(' ', command.Split(' ').Take(2))));
        Assert.Contains("Systems Manager does not take it.", await browser.Http.GetStringAsync(late.Headers.Location, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_link_puts_words_into_the_mouth_of_the_page()
    {
        using var browser = await Browser.SignedInAsync(_host);

        var html = await browser.Http.GetStringAsync("/runbooks?notice=Call+this+number", Token);

        Assert.DoesNotContain("Call this number", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_are_shown_with_their_age_and_without_secrets()
    {
        var now = TimeProvider.System.GetUtcNow();
        _host.Services.GetRequiredService<ParameterFeed>().Publish(ParameterSnapshot.Empty with
        {
            Path = "/opsconsole",
            ReadAt = now.AddMinutes(-7),
            Problem = "AWS denies ssm:GetParametersByPath.",
            Readings =
            [
                new("/opsconsole/environment", "String", "test", 4, now) { Meaning = "environment" },
                new("/opsconsole/secret", "SecureString", null, 1, now) { Problem = "/opsconsole/secret says nothing." },
            ],
        });
        using var browser = await Browser.SignedInAsync(_host);

        var html = await browser.Http.GetStringAsync("/parameters", Token);

        Assert.Contains(">7 min ago</ops-age>", html, StringComparison.Ordinal);
        Assert.Contains("what was last read stays in force", html, StringComparison.Ordinal);
        Assert.Contains("secret, not read", html, StringComparison.Ordinal);
        using var client = _host.Client(ConsoleHost.ViewerKey);
        var api = await client.GetFromJsonAsync<JsonElement>("/api/v1/parameters", Token);
        Assert.Equal(JsonValueKind.Null, api.GetProperty("parameters")[1].GetProperty("value").ValueKind);
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private async Task<string> StartAsync()
    {
        using var client = _host.Client();
        using var started = await client.PostAsJsonAsync("/api/v1/runbooks/restart/executions", new { reason = "it leaks", service = "shop" }, Token);
        return started.Headers.Location!.ToString().Split('/')[^1];
    }

    private async Task UntilAsync(string id, RunbookState state)
    {
        await foreach (var now in _host.Services.GetRequiredService<RunbookFeed>().WatchAsync(Token))
        {
            if (now.Find(id)?.State == state)
            {
                return;
            }
        }
    }
}
