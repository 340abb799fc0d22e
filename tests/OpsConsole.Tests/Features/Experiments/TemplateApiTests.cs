using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Parameters;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>Templates over HTTP, with an engine that tests set.</summary>
public sealed class TemplateApiTests : IDisposable
{
    private readonly FakeTemplates _templates = new(TimeProvider.System);
    private readonly FakeLever _lever = new();
    private readonly ConsoleHost _host;

    public TemplateApiTests() => _host = new ConsoleHost(services =>
    {
        services.AddSingleton<IExperimentTemplates>(_templates);
        services.AddSingleton<ISecondLever>(_lever);
        services.AddSingleton<IFaultEngine>(new FakeEngine(TimeProvider.System) { Name = "cloud", IsShared = true, RunsTemplates = true });
    });

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_dry_run_is_made_kept_and_asked_for_by_operators_only()
    {
        using var viewer = _host.Client(ConsoleHost.ViewerKey);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync("/api/v1/experiments/fis-ext1/dry-run", null, Cancelled)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await viewer.GetAsync("/api/v1/experiments/fis-ext1/dry-run", Cancelled)).StatusCode);

        using var client = _host.Client();
        var made = await client.PostAsync("/api/v1/experiments/fis-ext1/dry-run", null, Cancelled);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.Equal(2, (await made.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("found").GetInt32());
        var kept = await viewer.GetFromJsonAsync<JsonElement>("/api/v1/experiments/fis-ext1/dry-run", Cancelled);
        Assert.Equal(("otto", true), (kept.GetProperty("requestedBy").GetString(), kept.GetProperty("succeeded").GetBoolean()));
    }

    [Theory]
    [InlineData("network-latency", HttpStatusCode.Conflict)]
    [InlineData("nothing", HttpStatusCode.NotFound)]
    public async Task A_dry_run_of_what_has_no_template_is_refused_with_the_reason(string id, HttpStatusCode status)
    {
        using var client = _host.Client();
        var refused = await client.PostAsync($"/api/v1/experiments/{id}/dry-run", null, Cancelled);
        Assert.Equal(status, refused.StatusCode);
        Assert.NotEmpty((await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task A_definition_of_ones_own_may_name_a_template_instead_of_faults()
    {
        using var client = _host.Client();
        var body = new { title = "Mine", hypothesis = "Nobody notices.", service = "shop", template = "EXT1", durationSeconds = 7200, safeguards = new { maxErrorRate = 2 } };
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/experiments/mine") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        Assert.Equal(HttpStatusCode.Created, (await client.SendAsync(request, Cancelled)).StatusCode);

        var mine = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments/mine", Cancelled);
        Assert.Equal("EXT1", mine.GetProperty("template").GetString());
        Assert.Equal("aws:ec2:stop-instances", mine.GetProperty("templateDetails").GetProperty("actions")[0].GetProperty("actionId").GetString());
    }

    [Fact]
    public async Task A_mapped_definition_is_written_as_it_can_be_sent_back_with_the_template_that_is_run_beside_it()
    {
        _host.Services.GetRequiredService<ParameterFeed>().Publish(ParameterSnapshot.Empty with
        {
            Path = "/shared",
            ReadAt = TimeProvider.System.GetUtcNow(),
            Templates = ParameterSnapshot.Empty.Templates.SetItem("network-latency", "EXT1"),
        });
        using var client = _host.Client();
        var one = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments/network-latency", Cancelled);
        Assert.Equal(JsonValueKind.Null, one.GetProperty("template").ValueKind);
        Assert.Equal(1, one.GetProperty("faults").GetArrayLength());
        var mapped = one.GetProperty("mappedTemplate");
        Assert.Equal(("EXT1", "/shared/experiments/network-latency/template"), (mapped.GetProperty("id").GetString(), mapped.GetProperty("parameter").GetString()));
        Assert.Equal("aws:ec2:stop-instances", one.GetProperty("templateDetails").GetProperty("actions")[0].GetProperty("actionId").GetString());

        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments", Cancelled);
        Assert.Equal(["network-latency"], list.GetProperty("experiments").EnumerateArray()
            .Where(experiment => experiment.GetProperty("mappedTemplate").ValueKind == JsonValueKind.Object).Select(experiment => experiment.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Templates_that_cannot_be_read_leave_the_rest_of_the_list_and_say_why()
    {
        _templates.Problem = "AWS denies the console fis:ListExperimentTemplates.";
        using var client = _host.Client();
        var list = await client.GetFromJsonAsync<JsonElement>("/api/v1/experiments", Cancelled);
        Assert.Equal("AWS denies the console fis:ListExperimentTemplates.", list.GetProperty("templatesProblem").GetString());
        Assert.True(list.GetProperty("experiments").GetArrayLength() >= 3);
        Assert.Contains("AWS denies the console fis:ListExperimentTemplates.", await client.GetStringAsync("/experiments", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disengaging_is_refused_while_the_second_lever_is_engaged_and_cannot_be_moved()
    {
        using var admin = _host.Client(ConsoleHost.AdminKey);
        await admin.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = true, reason = "fire" }, Cancelled);
        Assert.True(_lever.Engaged);
        _lever.MoveProblem = "AWS denies the console fis:UpdateSafetyLeverState.";

        var refused = await admin.PutAsJsonAsync("/api/v1/safety-lever", new { engaged = false, reason = "over" }, Cancelled);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("fis:UpdateSafetyLeverState", await refused.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        var lever = await admin.GetFromJsonAsync<JsonElement>("/api/v1/safety-lever", Cancelled);
        Assert.True(lever.GetProperty("engaged").GetBoolean());
        Assert.Equal("AWS FIS", lever.GetProperty("others")[0].GetProperty("name").GetString());
    }
}
