using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.Core.Experiments.Templates;

namespace OpsConsole.AdapterTests.Experiments;

/// <summary>Templates of FIS as definitions, their dry runs, and the lever, over the wire.</summary>
public sealed class FisTemplateTests : IAsyncLifetime
{
    private FisWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedFis Fis => _world.Aws.Fis;

    public async ValueTask InitializeAsync() => _world = await FisWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_template_becomes_a_definition_by_its_tags()
    {
        var alarm = _world.Aws.CloudWatch.AddAlarm("errors");
        var id = Fis.AddTemplate("Stop half of the shop", TimeSpan.FromMinutes(5), alarm, new Dictionary<string, string>
        {
            ["opsconsole:service"] = "checkout",
            ["opsconsole:max-error-rate"] = "2.5",
            ["opsconsole:max-latency"] = "nonsense",
            ["team"] = "payments",
        });

        var template = Assert.Single((await _world.Templates.ListAsync(Cancel)).Templates);

        var definition = template.Definition;
        Assert.Equal(("fis-" + id.ToLowerInvariant(), "Stop half of the shop", "checkout", id), (definition.Id, definition.Title, definition.Service, definition.Template));
        Assert.Equal((2.5, 2000), (definition.Safeguards.MaxErrorRate, definition.Safeguards.MaxLatency));
        Assert.Equal(TimeSpan.FromMinutes(7), definition.Duration);
        Assert.Equal([alarm], template.StopAlarms);
        Assert.Equal("payments", template.Tags["team"]);
        Assert.Equal(("Strike", "aws:ec2:stop-instances", TimeSpan.FromMinutes(5)), (template.Actions[0].Name, template.Actions[0].ActionId, template.Actions[0].Duration));
        Assert.Equal(("Instances", "aws:ec2:instance", "ALL", "tag fleet=fleet-1"), (template.Targets[0].Name, template.Targets[0].ResourceType, template.Targets[0].Selection, template.Targets[0].Resources));
    }

    [Fact]
    public async Task A_template_without_tags_is_about_the_service_in_the_settings()
    {
        Fis.AddTemplate();
        var definition = Assert.Single((await _world.Templates.ListAsync(Cancel)).Templates).Definition;
        Assert.Equal(("shop", 5, 2000), (definition.Service, definition.Safeguards.MaxErrorRate, definition.Safeguards.MaxLatency));
    }

    [Fact]
    public async Task A_template_that_has_not_changed_is_not_read_again_for_the_list()
    {
        for (var i = 0; i < 120; i++)
        {
            Fis.AddTemplate();
        }

        Assert.Equal(120, (await _world.Templates.ListAsync(Cancel)).Templates.Length);
        Assert.Equal(120, _world.Aws.Calls.Of("fis:GetExperimentTemplate").Count);

        Assert.Equal(120, (await _world.Templates.ListAsync(Cancel)).Templates.Length);
        Assert.Equal(120, _world.Aws.Calls.Of("fis:GetExperimentTemplate").Count);
        Assert.Equal(4, _world.Aws.Calls.Of("fis:ListExperimentTemplates").Count);
    }

    [Fact]
    public async Task What_is_known_stays_when_FIS_cannot_be_asked_and_the_answer_says_why()
    {
        var id = Fis.AddTemplate();
        await _world.Templates.ListAsync(Cancel);
        _world.Aws.Faults.Deny("fis:*");

        var list = await _world.Templates.ListAsync(Cancel);
        var one = await _world.Templates.ReadAsync(id, Cancel);

        Assert.Contains("fis:ListExperimentTemplates", list.Problem, StringComparison.Ordinal);
        Assert.Equal(id, Assert.Single(list.Templates).Id);
        Assert.Contains("fis:GetExperimentTemplate", one.Problem, StringComparison.Ordinal);
        Assert.Equal(id, one.Template!.Id);
    }

    [Fact]
    public async Task A_list_without_the_permission_to_read_templates_still_lists_them()
    {
        Fis.AddTemplate("Stop instances");
        _world.Aws.Faults.Deny("fis:GetExperimentTemplate");

        var list = await _world.Templates.ListAsync(Cancel);

        Assert.Equal("Stop instances", Assert.Single(list.Templates).Definition.Title);
        Assert.Contains("fis:GetExperimentTemplate", list.Problem, StringComparison.Ordinal);

        _world.Aws.Faults.Clear();
        while (await _world.Templates.ListAsync(Cancel) is not { Problem: null, Templates: [{ Actions.Length: 1 }] })
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    [Fact]
    public async Task Nobody_waits_long_for_a_FIS_that_does_not_answer_and_what_is_known_is_shown()
    {
        var id = Fis.AddTemplate();
        await _world.Templates.ListAsync(Cancel);
        using var held = _world.Aws.Faults.Hold("fis:*");

        Assert.Equal(id, Assert.Single((await _world.Templates.ListAsync(Cancel)).Templates).Id);
        var one = await _world.Templates.ReadAsync(id, Cancel);

        Assert.Equal(id, one.Template!.Id);
        Assert.Contains("fis:GetExperimentTemplate", one.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_struck_and_strikes_nothing()
    {
        var id = Fis.AddTemplate(instances: 3);
        Fis.Timings = FisTimings.AtOnce with { Pending = TimeSpan.FromMilliseconds(100) };
        List<string> states = [];

        var ended = await _world.Templates.DryRunAsync(Asked(id), now => states.Add(now.Detail), Cancel);

        Assert.True(ended.Succeeded);
        Assert.Equal(3, ended.Found);
        Assert.Equal($"arn:aws:ec2:{ScriptedAws.Region}:{ScriptedAws.Account}:instance/i-fleet-1-0000", ended.Resources[0].Resource);
        Assert.Contains(states, state => state.Contains("pending", StringComparison.Ordinal));
        Assert.Equal("skipped", Assert.Single(Fis.Experiments).ToJson()["actions"]!["Strike"]!["state"]!["status"]!.GetValue<string>());
        Assert.Equal(ended.Reference, Fis.Experiments[0].Id);
    }

    [Theory]
    [InlineData("empty", "TargetResolutionEmpty")]
    [InlineData("denied", "fis:StartExperiment")]
    [InlineData("lever", "safety lever")]
    public async Task A_dry_run_that_fails_says_why(string how, string says)
    {
        var id = Fis.AddTemplate(instances: how == "empty" ? 0 : 2);
        if (how == "denied")
        {
            _world.Aws.Faults.Deny("fis:StartExperiment");
        }
        else if (how == "lever")
        {
            Fis.MoveLeverElsewhere(engaged: true, "incident");
        }

        var ended = await _world.Templates.DryRunAsync(Asked(id), _ => { }, Cancel);

        Assert.False(ended.Succeeded);
        Assert.NotNull(ended.EndedAt);
        Assert.Contains(says, ended.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lever_is_moved_both_ways_and_a_repetition_does_no_harm()
    {
        Assert.False((await _world.Lever.ReadAsync(Cancel)).Engaged);

        Assert.True((await _world.Lever.MoveAsync(true, "otto: fire", Cancel)).Engaged);
        Assert.Equal(("engaged", "otto: fire"), Fis.Lever);
        var again = await _world.Lever.MoveAsync(true, "ada: fire", Cancel);
        Assert.Equal((true, "otto: fire", null), (again.Engaged, again.Reason, again.Problem));

        Assert.False((await _world.Lever.MoveAsync(false, "ada: over", Cancel)).Engaged);
        Assert.Equal("disengaged", Fis.Lever.Status);
    }

    [Fact]
    public async Task A_lever_that_may_not_be_moved_names_the_missing_permission()
    {
        _world.Aws.Faults.Deny("fis:UpdateSafetyLeverState");
        var reading = await _world.Lever.MoveAsync(true, "fire", Cancel);
        Assert.Null(reading.Engaged);
        Assert.Contains("fis:UpdateSafetyLeverState", reading.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lever_whose_state_is_not_known_is_not_taken_for_disengaged()
    {
        _world.Aws.Faults.UnknownValues("fis:GetSafetyLever");
        var reading = await _world.Lever.ReadAsync(Cancel);
        Assert.Null(reading.Engaged);
        Assert.Contains("from-the-future", reading.Problem, StringComparison.Ordinal);
    }

    private static DryRun Asked(string template) => new()
    {
        Template = template,
        Token = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N"),
        RequestedBy = "otto",
        StartedAt = TimeProvider.System.GetUtcNow(),
    };
}
