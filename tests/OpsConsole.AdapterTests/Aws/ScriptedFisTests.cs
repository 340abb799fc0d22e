using Amazon.FIS;
using Amazon.FIS.Model;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>What the scripted FIS does beside answering: order of actions, targets, alarms, quotas, the lever.</summary>
public sealed class ScriptedFisTests : FisTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Aws.Fis.Timings = FisTimings.AtOnce;
    }

    [Fact]
    public async Task Actions_begin_when_those_before_them_are_done()
    {
        var template = Aws.Fis.AddTemplate(Json.Object(
            ("description", "A chain"),
            ("roleArn", "arn:aws:iam::123456789012:role/fis"),
            ("stopConditions", Json.Array([Json.Object(("source", "none"))])),
            ("actions", Json.Object(
                ("First", Wait("PT10S")), ("Beside", Wait("PT1M")), ("Second", Wait("PT20S", "First")), ("Last", Wait("PT5S", "Second", "Beside"))))));

        var id = Aws.Fis.StartElsewhere(template);
        Time.Advance(TimeSpan.FromSeconds(15));
        var early = await Get(id);
        Time.Advance(TimeSpan.FromMinutes(1));
        var late = await Get(id);

        Assert.Equal(
            [("First", "completed"), ("Beside", "running"), ("Second", "running"), ("Last", "pending")],
            early.Actions.Select(action => (action.Key, action.Value.State.Status.Value)));
        Assert.Equal(ExperimentStatus.Completed, late.State.Status);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(10), late.Actions["Second"].StartTime);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(60), late.Actions["Last"].StartTime);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(65), late.EndTime);
    }

    [Theory]
    [InlineData("ALL", 4)]
    [InlineData("COUNT(3)", 3)]
    [InlineData("PERCENT(50)", 2)]
    public async Task A_target_resolves_to_as_many_as_it_selects(string mode, int count)
    {
        for (var i = 0; i < 6; i++)
        {
            Aws.Fis.AddResource(
                $"arn:aws:ec2:eu-west-1:123456789012:instance/i-{i}",
                tags: new Dictionary<string, string> { ["app"] = "shop" },
                attributes: new Dictionary<string, string> { ["State.Name"] = i < 4 ? "running" : "stopped" });
        }
        var template = Aws.Fis.AddTemplate(Json.Object(
            ("description", "Some"),
            ("roleArn", "arn:aws:iam::123456789012:role/fis"),
            ("stopConditions", Json.Array([Json.Object(("source", "none"))])),
            ("targets", Json.Object(("Fleet", Json.Object(
                ("resourceType", "aws:ec2:instance"),
                ("resourceTags", Json.Object(("app", "shop"))),
                ("filters", Json.Array([Json.Object(("path", "State.Name"), ("values", Json.Texts(["running"])))])),
                ("selectionMode", mode))))),
            ("actions", Json.Object(("Stop", Json.Object(("actionId", "aws:ec2:stop-instances"), ("targets", Json.Object(("Instances", "Fleet")))))))));

        var id = Aws.Fis.StartElsewhere(template);

        Assert.Equal(count, (await Fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = id }, Token)).ResolvedTargets.Count);
    }

    [Fact]
    public async Task An_experiment_without_anything_to_strike_fails()
    {
        var state = (await Get(Aws.Fis.StartElsewhere(Aws.Fis.AddTemplate(instances: 0)))).State;

        Assert.Equal(ExperimentStatus.Failed, state.Status);
        Assert.Equal("TargetResolutionEmpty", state.Error.Code);
    }

    [Fact]
    public async Task An_alarm_stops_the_experiments_that_name_it_and_lets_none_run()
    {
        var alarm = Aws.CloudWatch.AddAlarm("errors");
        var (guarded, other) = (Aws.Fis.AddTemplate(alarmArn: alarm), Aws.Fis.AddTemplate());
        var (stopped, running) = (Aws.Fis.StartElsewhere(guarded), Aws.Fis.StartElsewhere(other));

        Aws.CloudWatch.SetAlarm("errors", "ALARM");
        var late = Aws.Fis.StartElsewhere(guarded);

        Assert.Equal(ExperimentStatus.Stopped, (await Get(stopped)).State.Status);
        Assert.Contains(alarm, (await Get(stopped)).State.Reason, StringComparison.Ordinal);
        Assert.Equal(ExperimentStatus.Running, (await Get(running)).State.Status);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(late)).State.Status);
    }

    [Fact]
    public async Task Quotas_hold_for_templates_and_their_actions()
    {
        Aws.Fis.MostActions = 1;
        var request = new CreateExperimentTemplateRequest
        {
            Description = "Many",
            RoleArn = "arn:aws:iam::123456789012:role/fis",
            StopConditions = [new() { Source = "none" }],
            Actions = new() { ["a"] = new() { ActionId = "aws:fis:wait" }, ["b"] = new() { ActionId = "aws:fis:wait" } },
        };

        await Assert.ThrowsAsync<ServiceQuotaExceededException>(() => Fis.CreateExperimentTemplateAsync(request, Token));
        request.Actions.Remove("b");
        Aws.Fis.MostTemplates = 1;
        await Fis.CreateExperimentTemplateAsync(request, Token);
        await Assert.ThrowsAsync<ServiceQuotaExceededException>(() => Fis.CreateExperimentTemplateAsync(request, Token));
    }

    [Fact]
    public async Task The_lever_refuses_what_changes_nothing()
    {
        Aws.Fis.MoveLeverElsewhere(engaged: true, "incident");

        await Assert.ThrowsAsync<ConflictException>(() => Fis.UpdateSafetyLeverStateAsync(
            new() { Id = "default", State = new() { Status = SafetyLeverStatusInput.Engaged, Reason = "another reason" } }, Token));
        await Assert.ThrowsAsync<ValidationException>(() => Fis.UpdateSafetyLeverStateAsync(
            new() { Id = "default", State = new() { Status = SafetyLeverStatusInput.Disengaged } }, Token));
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => Fis.GetSafetyLeverAsync(new() { Id = "other" }, Token));
        Assert.Equal(("engaged", "incident"), Aws.Fis.Lever);
    }

    [Fact]
    public async Task The_lever_is_engaged_only_when_everything_has_stopped()
    {
        Aws.Fis.Timings = FisTimings.AtOnce with { Stopping = TimeSpan.FromSeconds(30) };
        var id = Aws.Fis.StartElsewhere(Aws.Fis.AddTemplate());
        Aws.Fis.MoveLeverElsewhere(engaged: true, "incident");

        Time.Advance(TimeSpan.FromSeconds(29));
        var engaging = Aws.Fis.Lever.Status;
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("engaging", engaging);
        Assert.Equal("engaged", Aws.Fis.Lever.Status);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(id)).State.Status);
    }

    [Fact]
    public async Task An_experiment_that_has_ended_cannot_be_stopped()
    {
        var id = Aws.Fis.StartElsewhere(Aws.Fis.AddTemplate());
        Aws.Fis.StopElsewhere(id);

        await Assert.ThrowsAsync<ValidationException>(() => Fis.StopExperimentAsync(new() { Id = id }, Token));
    }

    private static System.Text.Json.Nodes.JsonObject Wait(string duration, params string[] after) => Json.Object(
        ("actionId", "aws:fis:wait"), ("parameters", Json.Object(("duration", duration))), ("startAfter", Json.Texts(after)));
}
