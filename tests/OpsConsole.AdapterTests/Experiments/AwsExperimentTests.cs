using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Hosting;

namespace OpsConsole.AdapterTests.Experiments;

/// <summary>The whole console in AWS mode, with experiments in FIS.</summary>
public sealed class AwsExperimentTests(DynaliteServer dynalite) : IAsyncLifetime
{
    private AwsConsole _console = null!;
    private SteadyShop _shop = null!;
    private string _template = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedFis Fis => _console.Aws.Fis;

    private string Key => "fis-" + _template.ToLowerInvariant();

    public async ValueTask InitializeAsync()
    {
        _console = await AwsConsole.StartAsync(
            dynalite,
            aws =>
            {
                aws.Fis.Timings = FisTimings.AtOnce;
                _template = aws.Fis.AddTemplate("Stop the shop's instances");
                aws.Ssm.SetParameter("/opsconsole/test/experiments/network-latency/template", _template);
            },
            ("OpsConsole:Aws:Fis:Service", "shop"),
            ("OpsConsole:Aws:Parameters:Path", "/opsconsole/test"));
        _shop = new(_console.Api, "shop");
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        await _console.DisposeAsync();
    }

    [Fact]
    public async Task A_template_is_listed_dry_run_launched_followed_and_halted_with_its_vital_signs_in_CloudWatch()
    {
        var list = await _console.GetAsync("experiments");
        var listed = list.GetProperty("experiments").EnumerateArray().Single(experiment => Text(experiment, "id") == Key);
        Assert.Equal(("Stop the shop's instances", _template), (Text(listed, "title"), Text(listed, "template")));
        var details = (await _console.GetAsync($"experiments/{Key}")).GetProperty("templateDetails");
        Assert.Equal("aws:ec2:stop-instances", Text(details.GetProperty("actions")[0], "actionId"));

        var dryRun = await _console.PostAsync($"experiments/{Key}/dry-run");
        Assert.Equal((true, 2), (dryRun.GetProperty("succeeded").GetBoolean(), dryRun.GetProperty("resources").GetArrayLength()));

        var run = await RunningAsync();
        var id = Text(run, "id")!;
        Assert.Equal(Fis.Experiments[^1].Id, Text(run, "reference"));
        await _console.UntilAsync($"runs/{id}", now => now.GetProperty("faults")[0].GetProperty("injected").GetInt64() == 2);

        var dimension = new Dictionary<string, string> { ["ExperimentId"] = id };
        while (_console.Aws.CloudWatch.Published("ChaosEngineering", "Latency", dimension).Count < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }

        var throughput = _console.Aws.CloudWatch.Published("ChaosEngineering", "Throughput", dimension)[0];
        Assert.Equal(("Count/Second", true), (throughput.Unit, throughput.IsHighResolution));
        Assert.Equal("Percent", _console.Aws.CloudWatch.Published("ChaosEngineering", "ErrorRate", dimension)[0].Unit);

        var halted = await _console.PostAsync($"runs/{id}/halt", new { reason = "seen enough" });
        Assert.True(halted.GetProperty("haltConfirmedMs").GetDouble() > 0);
        Assert.Equal("stopped", Fis.Experiments[^1].Status);
    }

    [Fact]
    public async Task An_experiment_that_Parameter_Store_maps_runs_the_template_in_FIS()
    {
        const string Mapped = "network-latency";
        var one = await _console.UntilAsync($"experiments/{Mapped}", one => one.GetProperty("mappedTemplate").ValueKind == JsonValueKind.Object);
        Assert.Equal("/opsconsole/test/experiments/network-latency/template", Text(one.GetProperty("mappedTemplate"), "parameter"));
        Assert.Contains("/opsconsole/test/experiments/network-latency/template", await _console.Api.GetStringAsync($"/experiments/{Mapped}", Cancel), StringComparison.Ordinal);

        Assert.True((await _console.PostAsync($"experiments/{Mapped}/dry-run")).GetProperty("succeeded").GetBoolean());
        var run = await RunningAsync(Mapped);

        Assert.Equal((_template, Fis.Experiments[^1].Id), (Fis.Experiments[^1].TemplateId, Text(run, "reference")));
        Assert.Equal("shop", Text(run, "service"));
        Assert.Equal(_template, Text(run.GetProperty("definition").GetProperty("mappedTemplate"), "id"));
    }

    [Fact]
    public async Task A_console_that_is_killed_while_it_starts_an_experiment_starts_one_when_it_is_back()
    {
        await _console.PostAsync($"experiments/{Key}/dry-run");
        string id;
        using (_console.Aws.Faults.Hold("fis:StartExperiment"))
        {
            id = Text(await LaunchAsync(), "id")!;
            await _console.Aws.Calls.WaitForAsync("fis:StartExperiment", count: 2, cancellationToken: Cancel);
            await _console.KillAsync();
        }

        await RestartAsync();
        await _console.UntilAsync($"runs/{id}", run => Text(run, "state") == "Running");

        var experiment = Assert.Single(Fis.Experiments, experiment => experiment.Tags.GetValueOrDefault("opsconsole:run") == id);
        Assert.True(experiment.IsActive);
        Assert.All(_console.Aws.Calls.Of("fis:StartExperiment").Skip(1), call => Assert.Equal(id, call.Input["clientToken"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_safety_lever_is_one_with_that_of_FIS_both_ways()
    {
        await _console.PostAsync($"experiments/{Key}/dry-run");
        await RunningAsync();
        Fis.MoveLeverElsewhere(engaged: true, "maintenance of the account");
        var lever = await _console.UntilAsync("safety-lever", lever => lever.GetProperty("engaged").GetBoolean());
        Assert.Equal(("AWS FIS", "maintenance of the account"), (Text(lever, "actor"), Text(lever, "reason")));
        await _console.UntilAsync($"runs?experiment={Key}", runs => runs.GetProperty("runs")[0].GetProperty("haltedBy").ValueKind == JsonValueKind.String);

        await MoveAsync(engaged: false, "over");
        Assert.Equal("disengaged", Fis.Lever.Status);
        await MoveAsync(engaged: true, "incident 12");
        Assert.Equal(("engaged", "OpsConsole, ada: incident 12"), Fis.Lever);
    }

    [Fact]
    public async Task The_lever_engages_although_FIS_cannot_be_reached_and_the_page_says_so()
    {
        _console.Aws.Faults.Deny("fis:*");
        var lever = await MoveAsync(engaged: true, "fire");
        Assert.True(lever.GetProperty("engaged").GetBoolean());
        var page = await _console.Api.GetStringAsync("/experiments", Cancel);
        Assert.Contains("fis:UpdateSafetyLeverState", page, StringComparison.Ordinal);
        Assert.Contains("fis:ListExperimentTemplates", page, StringComparison.Ordinal);
        Assert.Contains("Network latency", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_started_elsewhere_is_shown_and_halt_all_stops_it()
    {
        var elsewhere = Fis.StartElsewhere(_template);
        var run = await _console.UntilAsync($"runs/fis-{elsewhere}", run => Text(run, "state") == "Running");
        Assert.True(run.GetProperty("startedElsewhere").GetBoolean());
        var page = await _console.Api.GetStringAsync($"/runs/fis-{elsewhere}", Cancel);
        Assert.Contains("past this console", page, StringComparison.Ordinal);

        var halt = await _console.PostAsync("halt", new { reason = "fire" });

        Assert.Equal((1, 1), (halt.GetProperty("halted").GetInt32(), halt.GetProperty("confirmed").GetInt32()));
        Assert.Equal("stopped", Assert.Single(Fis.Experiments).Status);
    }

    [Fact]
    public async Task A_run_that_fails_in_FIS_ends_with_the_reason_and_CloudWatch_that_fails_disturbs_nothing()
    {
        await _console.PostAsync($"experiments/{Key}/dry-run");
        _console.Aws.Faults.Deny("cloudwatch:PutMetricData");
        Fis.FailNext();
        var failed = await LaunchAsync();
        var run = await _console.UntilAsync($"runs/{Text(failed, "id")}", run => Text(run, "state") == "Failed");
        var phases = run.GetProperty("phases");
        Assert.Contains("The role may not stop instances", Text(phases[phases.GetArrayLength() - 1], "why"), StringComparison.Ordinal);

        var next = await RunningAsync();
        await _console.UntilAsync($"runs/{Text(next, "id")}", now => now.GetProperty("faults")[0].GetProperty("active").ValueKind == JsonValueKind.True);
        await _console.Aws.Calls.WaitForAsync("cloudwatch:PutMetricData", count: 2, cancellationToken: Cancel);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task RestartAsync()
    {
        await _shop.DisposeAsync();
        await _console.StartAsync();
        _shop = new(_console.Api, "shop");
    }

    private async Task<JsonElement> MoveAsync(bool engaged, string reason)
    {
        using var response = await _console.Api.PutAsJsonAsync("/api/v1/safety-lever", new { engaged, reason }, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private async Task<JsonElement> LaunchAsync(string? key = null)
    {
        while (true)
        {
            using var response = await _console.Api.PostAsJsonAsync($"/api/v1/experiments/{key ?? Key}/runs", new { reason = "to see" }, Cancel);
            var body = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            if (response.StatusCode == HttpStatusCode.Accepted)
            {
                return body;
            }

            Assert.Contains(["Health", "evidence", "leads", "read"], word => body.ToString().Contains(word, StringComparison.Ordinal));
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancel);
        }
    }

    private async Task<JsonElement> RunningAsync(string? key = null) =>
        await _console.UntilAsync($"runs/{Text(await LaunchAsync(key), "id")}", run => Text(run, "state") == "Running" && run.GetProperty("reference").ValueKind == JsonValueKind.String);
}
