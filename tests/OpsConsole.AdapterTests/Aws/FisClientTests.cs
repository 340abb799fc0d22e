using Amazon.FIS;
using Amazon.FIS.Model;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Every operation of the FIS client over the wire and back.</summary>
public sealed class FisClientTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Noon);
    private ScriptedAws _aws = null!;
    private IAmazonFIS _fis = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _fis = _aws.CreateFis();
    }

    public async ValueTask DisposeAsync()
    {
        _fis.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task A_template_comes_back_as_it_was_created()
    {
        var request = new CreateExperimentTemplateRequest
        {
            ClientToken = "create-1",
            Description = "Half of the fleet, then a pause",
            RoleArn = "arn:aws:iam::123456789012:role/fis",
            StopConditions = [new() { Source = "aws:cloudwatch:alarm", Value = _aws.CloudWatch.AddAlarm("errors") }],
            Targets = new()
            {
                ["Fleet"] = new()
                {
                    ResourceType = "aws:ec2:instance",
                    ResourceTags = new() { ["app"] = "shop" },
                    Filters = [new() { Path = "State.Name", Values = ["running"] }],
                    SelectionMode = "PERCENT(50)",
                    Parameters = new() { ["availabilityZone"] = "eu-west-1a" },
                },
            },
            Actions = new()
            {
                ["Stop"] = new() { ActionId = "aws:ec2:stop-instances", Description = "Stops", Targets = new() { ["Instances"] = "Fleet" } },
                ["Wait"] = new() { ActionId = "aws:fis:wait", Parameters = new() { ["duration"] = "PT1M" }, StartAfter = ["Stop"] },
            },
            ExperimentOptions = new() { AccountTargeting = AccountTargeting.MultiAccount, EmptyTargetResolutionMode = EmptyTargetResolutionMode.Skip },
            LogConfiguration = new() { LogSchemaVersion = 2, S3Configuration = new() { BucketName = "logs", Prefix = "fis" } },
            ExperimentReportConfiguration = new()
            {
                Outputs = new() { S3Configuration = new() { BucketName = "reports" } },
                DataSources = new() { CloudWatchDashboards = [new() { DashboardIdentifier = "arn:dashboard" }] },
                PreExperimentDuration = "PT5M",
            },
            Tags = new() { ["environment"] = "production" },
        };

        var id = (await _fis.CreateExperimentTemplateAsync(request, Token)).ExperimentTemplate.Id;
        var template = (await _fis.GetExperimentTemplateAsync(new() { Id = id }, Token)).ExperimentTemplate;

        Assert.Equal(request.Description, template.Description);
        Assert.Equal(request.RoleArn, template.RoleArn);
        Assert.Equal(request.StopConditions[0].Value, Assert.Single(template.StopConditions).Value);
        Assert.Equal(Noon.UtcDateTime, template.CreationTime);
        Assert.Equal(DateTimeKind.Utc, template.CreationTime!.Value.Kind);
        Assert.Equal("production", template.Tags["environment"]);
        Assert.Equal(AccountTargeting.MultiAccount, template.ExperimentOptions.AccountTargeting);
        Assert.Equal(EmptyTargetResolutionMode.Skip, template.ExperimentOptions.EmptyTargetResolutionMode);
        Assert.Equal(2, template.LogConfiguration.LogSchemaVersion);
        Assert.Equal("logs", template.LogConfiguration.S3Configuration.BucketName);
        Assert.Null(template.LogConfiguration.CloudWatchLogsConfiguration);
        Assert.Equal("reports", template.ExperimentReportConfiguration.Outputs.S3Configuration.BucketName);
        Assert.Equal("arn:dashboard", Assert.Single(template.ExperimentReportConfiguration.DataSources.CloudWatchDashboards).DashboardIdentifier);
        Assert.Equal(0, template.TargetAccountConfigurationsCount);
        var target = template.Targets["Fleet"];
        Assert.Equal("PERCENT(50)", target.SelectionMode);
        Assert.Equal("shop", target.ResourceTags["app"]);
        Assert.Null(target.ResourceArns);
        Assert.Equal(["running"], Assert.Single(target.Filters).Values);
        Assert.Equal("eu-west-1a", target.Parameters["availabilityZone"]);
        Assert.Equal("Fleet", template.Actions["Stop"].Targets["Instances"]);
        Assert.Equal(["Stop"], template.Actions["Wait"].StartAfter);
        Assert.Equal("PT1M", template.Actions["Wait"].Parameters["duration"]);
    }

    [Fact]
    public async Task An_experiment_is_followed_from_its_start_to_its_end()
    {
        var template = _aws.Fis.AddTemplate(duration: TimeSpan.FromMinutes(5));

        var started = (await _fis.StartExperimentAsync(
            new() { ClientToken = "run-1", ExperimentTemplateId = template, Tags = new() { ["run"] = "1" } }, Token)).Experiment;
        Assert.Equal(ExperimentStatus.Pending, started.State.Status);
        Assert.Equal("1", started.Tags["run"]);
        Assert.Equal(ActionsMode.RunAll, started.ExperimentOptions.ActionsMode);
        Assert.Null(started.StartTime);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ExperimentStatus.Initiating, (await Get(started.Id)).State.Status);

        _time.Advance(TimeSpan.FromSeconds(1));
        var running = await Get(started.Id);
        Assert.Equal(ExperimentStatus.Running, running.State.Status);
        Assert.Equal(ExperimentActionStatus.Running, running.Actions["Strike"].State.Status);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(2), running.StartTime);

        _time.Advance(TimeSpan.FromMinutes(5));
        var ended = await Get(started.Id);
        Assert.Equal(ExperimentStatus.Completed, ended.State.Status);
        Assert.Equal(ExperimentActionStatus.Completed, ended.Actions["Strike"].State.Status);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(2).AddMinutes(5), ended.EndTime);
    }

    [Fact]
    public async Task A_stopped_experiment_is_stopping_before_it_has_stopped()
    {
        var id = await StartRunning();

        var stopping = (await _fis.StopExperimentAsync(new() { Id = id }, Token)).Experiment;
        Assert.Equal(ExperimentStatus.Stopping, stopping.State.Status);
        Assert.Equal(ExperimentActionStatus.Stopping, stopping.Actions["Strike"].State.Status);

        _time.Advance(_aws.Fis.Timings.Stopping);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(id)).State.Status);
    }

    [Fact]
    public async Task A_dry_run_resolves_the_targets_and_skips_the_actions()
    {
        var template = _aws.Fis.AddTemplate(instances: 3);

        var started = (await _fis.StartExperimentAsync(
            new() { ExperimentTemplateId = template, ExperimentOptions = new() { ActionsMode = ActionsMode.SkipAll } }, Token)).Experiment;
        _time.Advance(TimeSpan.FromSeconds(2));
        var ended = await Get(started.Id);
        var resolved = (await _fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = started.Id, TargetName = "Instances" }, Token)).ResolvedTargets;

        Assert.Equal(ExperimentStatus.Completed, ended.State.Status);
        Assert.Equal(ActionsMode.SkipAll, ended.ExperimentOptions.ActionsMode);
        Assert.Equal(ExperimentActionStatus.Skipped, ended.Actions["Strike"].State.Status);
        Assert.Equal(3, resolved.Count);
        Assert.All(resolved, target => Assert.Equal(("Instances", "aws:ec2:instance"), (target.TargetName, target.ResourceType)));
        Assert.All(resolved, target => Assert.StartsWith("arn:aws:ec2:", target.TargetInformation["arn"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_experiment_says_why()
    {
        _aws.Fis.FailNext("AccessDenied", "The role may not stop instances.");

        var state = (await Get(await StartRunning())).State;

        Assert.Equal(ExperimentStatus.Failed, state.Status);
        Assert.Equal("The role may not stop instances.", state.Reason);
        Assert.Equal(("AccessDenied", ScriptedAws.Account), (state.Error.Code, state.Error.AccountId));
    }

    [Fact]
    public async Task A_caller_who_repeats_a_client_token_gets_the_experiment_that_it_has_started()
    {
        var template = _aws.Fis.AddTemplate();
        var request = new StartExperimentRequest { ClientToken = "same", ExperimentTemplateId = template };

        var first = (await _fis.StartExperimentAsync(request, Token)).Experiment.Id;
        var second = (await _fis.StartExperimentAsync(request, Token)).Experiment.Id;

        Assert.Equal(first, second);
        Assert.Single(_aws.Fis.Experiments);
    }

    [Fact]
    public async Task A_caller_who_names_no_client_token_gets_one_that_stays_the_same_in_retries_and_differs_between_calls()
    {
        var template = _aws.Fis.AddTemplate();
        _aws.Faults.CutAnswer("fis:StartExperiment");

        await _fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token);
        await _fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token);

        var tokens = _aws.Calls.Of("fis:StartExperiment").Select(call => call.Input["clientToken"]!.GetValue<string>()).ToList();
        Assert.Equal(3, tokens.Count);
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[0], tokens[2]);
        Assert.Equal(2, _aws.Fis.Experiments.Count);
    }

    [Fact]
    public async Task The_safety_lever_stops_what_runs_and_lets_nothing_start()
    {
        var running = await StartRunning();

        var engaging = (await _fis.UpdateSafetyLeverStateAsync(
            new() { Id = "default", State = new() { Status = SafetyLeverStatusInput.Engaged, Reason = "incident 7" } }, Token)).SafetyLever;
        Assert.Equal(SafetyLeverStatus.Engaging, engaging.State.Status);
        _time.Advance(TimeSpan.FromSeconds(2));
        var lever = (await _fis.GetSafetyLeverAsync(new() { Id = "default" }, Token)).SafetyLever;
        var late = await StartRunning();

        Assert.Equal(SafetyLeverStatus.Engaged, lever.State.Status);
        Assert.Equal("incident 7", lever.State.Reason);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(running)).State.Status);
        Assert.Equal(ExperimentStatus.Cancelled, (await Get(late)).State.Status);
    }

    [Fact]
    public async Task Lists_show_experiments_newest_first_and_by_template()
    {
        var (one, other) = (_aws.Fis.AddTemplate("one"), _aws.Fis.AddTemplate("other"));
        var (first, second, third) = (_aws.Fis.StartElsewhere(one), _aws.Fis.StartElsewhere(other), _aws.Fis.StartElsewhere(one));

        var all = (await _fis.ListExperimentsAsync(new(), Token)).Experiments;
        var some = (await _fis.ListExperimentsAsync(new() { ExperimentTemplateId = one }, Token)).Experiments;

        Assert.Equal([third, second, first], all.Select(experiment => experiment.Id));
        Assert.Equal([third, first], some.Select(experiment => experiment.Id));
        Assert.Equal(ExperimentStatus.Pending, all[0].State.Status);
    }

    [Fact]
    public async Task A_template_that_is_deleted_is_gone()
    {
        var id = _aws.Fis.AddTemplate("Old");

        var deleted = (await _fis.DeleteExperimentTemplateAsync(new() { Id = id }, Token)).ExperimentTemplate;

        Assert.Equal("Old", deleted.Description);
        Assert.Empty((await _fis.ListExperimentTemplatesAsync(new(), Token)).ExperimentTemplates);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => _fis.GetExperimentTemplateAsync(new() { Id = id }, Token));
    }

    [Fact]
    public async Task Tags_are_put_on_an_experiment_by_its_arn()
    {
        var id = _aws.Fis.StartElsewhere(_aws.Fis.AddTemplate());
        var arn = (await Get(id)).Arn;

        await _fis.TagResourceAsync(new() { ResourceArn = arn, Tags = new() { ["chaos-engineering"] = "true" } }, Token);

        Assert.Equal("true", (await Get(id)).Tags["chaos-engineering"]);
    }

    [Fact]
    public async Task A_page_is_as_long_as_asked_for_and_the_token_leads_on()
    {
        _aws.Fis.Timings = FisTimings.AtOnce;
        var id = _aws.Fis.StartElsewhere(_aws.Fis.AddTemplate(instances: 5));

        var first = await _fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = id, MaxResults = 3 }, Token);
        var second = await _fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = id, MaxResults = 3, NextToken = first.NextToken }, Token);

        Assert.Equal((3, 2), (first.ResolvedTargets.Count, second.ResolvedTargets.Count));
        Assert.Null(second.NextToken);
    }

    [Fact]
    public async Task Paginators_read_every_page()
    {
        _aws.Fis.Timings = FisTimings.AtOnce;
        var template = _aws.Fis.AddTemplate(instances: 7, duration: TimeSpan.FromHours(1));
        _aws.Fis.AddTemplate();
        _aws.Fis.AddTemplate();
        var ids = Enumerable.Range(0, 5).Select(_ => _aws.Fis.StartElsewhere(template)).ToList();

        var templates = await _fis.Paginators.ListExperimentTemplates(new() { MaxResults = 1 }).ExperimentTemplates.ToListAsync(Token);
        var experiments = await _fis.Paginators.ListExperiments(new() { MaxResults = 2 }).Experiments.ToListAsync(Token);
        var targets = await _fis.Paginators.ListExperimentResolvedTargets(new() { ExperimentId = ids[0], MaxResults = 3 }).ResolvedTargets.ToListAsync(Token);
        var pages = await _fis.Paginators.ListExperiments(new() { MaxResults = 2 }).Responses.ToListAsync(Token);

        Assert.Equal(3, templates.Count);
        Assert.Equal(ids.AsEnumerable().Reverse(), experiments.Select(experiment => experiment.Id));
        Assert.Equal(7, targets.Count);
        Assert.Equal([2, 2, 1], pages.Select(page => page.Experiments.Count));
    }

    [Fact]
    public async Task A_paginator_can_be_read_through_once()
    {
        var paginator = _fis.Paginators.ListExperiments(new());
        await paginator.Experiments.ToListAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await paginator.Experiments.ToListAsync(Token));
    }

    [Fact]
    public async Task A_request_without_what_its_path_needs_is_not_sent()
    {
        var exception = await Assert.ThrowsAsync<AmazonFISException>(() => _fis.GetExperimentAsync(new(), Token));

        Assert.Contains("Id", exception.Message, StringComparison.Ordinal);
        Assert.Empty(_aws.Calls);
    }

    private async Task<string> StartRunning()
    {
        var id = (await _fis.StartExperimentAsync(new() { ExperimentTemplateId = _aws.Fis.AddTemplate() }, Token)).Experiment.Id;
        _time.Advance(TimeSpan.FromSeconds(2));
        return id;
    }

    private async Task<Experiment> Get(string id) => (await _fis.GetExperimentAsync(new() { Id = id }, Token)).Experiment;
}
