using Amazon.FIS;
using Amazon.FIS.Model;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Every operation of the FIS client over the wire and back.</summary>
public sealed class FisClientTests : FisTests
{
    [Fact]
    public async Task A_template_comes_back_as_it_was_created()
    {
        var request = new CreateExperimentTemplateRequest
        {
            ClientToken = "create-1",
            Description = "Half of the fleet, then a pause",
            RoleArn = "arn:aws:iam::123456789012:role/fis",
            StopConditions = [new() { Source = "aws:cloudwatch:alarm", Value = Aws.CloudWatch.AddAlarm("errors") }],
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

        var id = (await Fis.CreateExperimentTemplateAsync(request, Token)).ExperimentTemplate.Id;
        var template = (await Fis.GetExperimentTemplateAsync(new() { Id = id }, Token)).ExperimentTemplate;

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
        var template = Aws.Fis.AddTemplate(duration: TimeSpan.FromMinutes(5));

        var started = (await Fis.StartExperimentAsync(
            new() { ClientToken = "run-1", ExperimentTemplateId = template, Tags = new() { ["run"] = "1" } }, Token)).Experiment;
        Assert.Equal(ExperimentStatus.Pending, started.State.Status);
        Assert.Equal("1", started.Tags["run"]);
        Assert.Equal(ActionsMode.RunAll, started.ExperimentOptions.ActionsMode);
        Assert.Null(started.StartTime);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ExperimentStatus.Initiating, (await Get(started.Id)).State.Status);

        Time.Advance(TimeSpan.FromSeconds(1));
        var running = await Get(started.Id);
        Assert.Equal(ExperimentStatus.Running, running.State.Status);
        Assert.Equal(ExperimentActionStatus.Running, running.Actions["Strike"].State.Status);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(2), running.StartTime);

        Time.Advance(TimeSpan.FromMinutes(5));
        var ended = await Get(started.Id);
        Assert.Equal(ExperimentStatus.Completed, ended.State.Status);
        Assert.Equal(ExperimentActionStatus.Completed, ended.Actions["Strike"].State.Status);
        Assert.Equal(Noon.UtcDateTime.AddSeconds(2).AddMinutes(5), ended.EndTime);
    }

    [Fact]
    public async Task A_stopped_experiment_is_stopping_before_it_has_stopped()
    {
        var id = await StartRunning();

        var stopping = (await Fis.StopExperimentAsync(new() { Id = id }, Token)).Experiment;
        Assert.Equal(ExperimentStatus.Stopping, stopping.State.Status);
        Assert.Equal(ExperimentActionStatus.Stopping, stopping.Actions["Strike"].State.Status);

        Time.Advance(Aws.Fis.Timings.Stopping);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(id)).State.Status);
    }

    [Fact]
    public async Task A_dry_run_resolves_the_targets_and_skips_the_actions()
    {
        var template = Aws.Fis.AddTemplate(instances: 3);

        var started = (await Fis.StartExperimentAsync(
            new() { ExperimentTemplateId = template, ExperimentOptions = new() { ActionsMode = ActionsMode.SkipAll } }, Token)).Experiment;
        Time.Advance(TimeSpan.FromSeconds(2));
        var ended = await Get(started.Id);
        var resolved = (await Fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = started.Id, TargetName = "Instances" }, Token)).ResolvedTargets;

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
        Aws.Fis.FailNext("AccessDenied", "The role may not stop instances.");

        var state = (await Get(await StartRunning())).State;

        Assert.Equal(ExperimentStatus.Failed, state.Status);
        Assert.Equal("The role may not stop instances.", state.Reason);
        Assert.Equal(("AccessDenied", ScriptedAws.Account), (state.Error.Code, state.Error.AccountId));
    }

    [Fact]
    public async Task A_caller_who_repeats_a_client_token_gets_the_experiment_that_it_has_started()
    {
        var template = Aws.Fis.AddTemplate();
        var request = new StartExperimentRequest { ClientToken = "same", ExperimentTemplateId = template };

        var first = (await Fis.StartExperimentAsync(request, Token)).Experiment.Id;
        var second = (await Fis.StartExperimentAsync(request, Token)).Experiment.Id;

        Assert.Equal(first, second);
        Assert.Single(Aws.Fis.Experiments);
    }

    [Fact]
    public async Task A_caller_who_names_no_client_token_gets_one_that_stays_the_same_in_retries_and_differs_between_calls()
    {
        var template = Aws.Fis.AddTemplate();
        Aws.Faults.CutAnswer("fis:StartExperiment");

        await Fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token);
        await Fis.StartExperimentAsync(new() { ExperimentTemplateId = template }, Token);

        var tokens = Aws.Calls.Of("fis:StartExperiment").Select(call => call.Input["clientToken"]!.GetValue<string>()).ToList();
        Assert.Equal(3, tokens.Count);
        Assert.Equal(tokens[0], tokens[1]);
        Assert.NotEqual(tokens[0], tokens[2]);
        Assert.Equal(2, Aws.Fis.Experiments.Count);
    }

    [Fact]
    public async Task The_safety_lever_stops_what_runs_and_lets_nothing_start()
    {
        var running = await StartRunning();

        var engaging = (await Fis.UpdateSafetyLeverStateAsync(
            new() { Id = "default", State = new() { Status = SafetyLeverStatusInput.Engaged, Reason = "incident 7" } }, Token)).SafetyLever;
        Assert.Equal(SafetyLeverStatus.Engaging, engaging.State.Status);
        Time.Advance(TimeSpan.FromSeconds(2));
        var lever = (await Fis.GetSafetyLeverAsync(new() { Id = "default" }, Token)).SafetyLever;
        var late = await StartRunning();

        Assert.Equal(SafetyLeverStatus.Engaged, lever.State.Status);
        Assert.Equal("incident 7", lever.State.Reason);
        Assert.Equal(ExperimentStatus.Stopped, (await Get(running)).State.Status);
        Assert.Equal(ExperimentStatus.Cancelled, (await Get(late)).State.Status);
    }

    [Fact]
    public async Task Lists_show_experiments_newest_first_and_by_template()
    {
        var (one, other) = (Aws.Fis.AddTemplate("one"), Aws.Fis.AddTemplate("other"));
        var (first, second, third) = (Aws.Fis.StartElsewhere(one), Aws.Fis.StartElsewhere(other), Aws.Fis.StartElsewhere(one));

        var all = (await Fis.ListExperimentsAsync(new(), Token)).Experiments;
        var some = (await Fis.ListExperimentsAsync(new() { ExperimentTemplateId = one }, Token)).Experiments;

        Assert.Equal([third, second, first], all.Select(experiment => experiment.Id));
        Assert.Equal([third, first], some.Select(experiment => experiment.Id));
        Assert.Equal(ExperimentStatus.Pending, all[0].State.Status);
    }

    [Fact]
    public async Task A_template_that_is_deleted_is_gone()
    {
        var id = Aws.Fis.AddTemplate("Old");

        var deleted = (await Fis.DeleteExperimentTemplateAsync(new() { Id = id }, Token)).ExperimentTemplate;

        Assert.Equal("Old", deleted.Description);
        Assert.Empty((await Fis.ListExperimentTemplatesAsync(new(), Token)).ExperimentTemplates);
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => Fis.GetExperimentTemplateAsync(new() { Id = id }, Token));
    }

    [Fact]
    public async Task Tags_are_put_on_an_experiment_by_its_arn()
    {
        var id = Aws.Fis.StartElsewhere(Aws.Fis.AddTemplate());
        var arn = (await Get(id)).Arn;

        await Fis.TagResourceAsync(new() { ResourceArn = arn, Tags = new() { ["chaos-engineering"] = "true" } }, Token);

        Assert.Equal("true", (await Get(id)).Tags["chaos-engineering"]);
    }

    [Fact]
    public async Task A_page_is_as_long_as_asked_for_and_the_token_leads_on()
    {
        Aws.Fis.Timings = FisTimings.AtOnce;
        var id = Aws.Fis.StartElsewhere(Aws.Fis.AddTemplate(instances: 5));

        var first = await Fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = id, MaxResults = 3 }, Token);
        var second = await Fis.ListExperimentResolvedTargetsAsync(new() { ExperimentId = id, MaxResults = 3, NextToken = first.NextToken }, Token);

        Assert.Equal((3, 2), (first.ResolvedTargets.Count, second.ResolvedTargets.Count));
        Assert.Null(second.NextToken);
    }

    [Fact]
    public async Task Paginators_read_every_page()
    {
        Aws.Fis.Timings = FisTimings.AtOnce;
        var template = Aws.Fis.AddTemplate(instances: 7, duration: TimeSpan.FromHours(1));
        Aws.Fis.AddTemplate();
        Aws.Fis.AddTemplate();
        var ids = Enumerable.Range(0, 5).Select(_ => Aws.Fis.StartElsewhere(template)).ToList();

        var templates = await Fis.Paginators.ListExperimentTemplates(new() { MaxResults = 1 }).ExperimentTemplates.ToListAsync(Token);
        var experiments = await Fis.Paginators.ListExperiments(new() { MaxResults = 2 }).Experiments.ToListAsync(Token);
        var targets = await Fis.Paginators.ListExperimentResolvedTargets(new() { ExperimentId = ids[0], MaxResults = 3 }).ResolvedTargets.ToListAsync(Token);
        var pages = await Fis.Paginators.ListExperiments(new() { MaxResults = 2 }).Responses.ToListAsync(Token);

        Assert.Equal(3, templates.Count);
        Assert.Equal(ids.AsEnumerable().Reverse(), experiments.Select(experiment => experiment.Id));
        Assert.Equal(7, targets.Count);
        Assert.Equal([2, 2, 1], pages.Select(page => page.Experiments.Count));
    }

    [Fact]
    public async Task A_paginator_can_be_read_through_once()
    {
        var paginator = Fis.Paginators.ListExperiments(new());
        await paginator.Experiments.ToListAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await paginator.Experiments.ToListAsync(Token));
    }

    [Fact]
    public async Task A_request_without_what_its_path_needs_is_not_sent()
    {
        var exception = await Assert.ThrowsAsync<AmazonFISException>(() => Fis.GetExperimentAsync(new(), Token));

        Assert.Contains("Id", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Aws.Calls);
    }

    private async Task<string> StartRunning()
    {
        var id = (await Fis.StartExperimentAsync(new() { ExperimentTemplateId = Aws.Fis.AddTemplate() }, Token)).Experiment.Id;
        Time.Advance(TimeSpan.FromSeconds(2));
        return id;
    }
}
