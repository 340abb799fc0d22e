using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Faults;
using OpsConsole.Core.Experiments;

namespace OpsConsole.AdapterTests.Experiments;

/// <summary>Runs as experiments in FIS, over the wire.</summary>
public sealed class FisEngineTests : FaultEngineContract, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private FisWorld _world = null!;
    private string _template = "";

    private protected override IFaultEngine Engine => _world.Engine;

    private protected override string Target => "Strike → Instances";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ScriptedFis Fis => _world.Aws.Fis;

    public async ValueTask InitializeAsync()
    {
        _world = await FisWorld.StartAsync();
        _template = Fis.AddTemplate();
    }

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    private protected override FaultOrder Order(string runId, bool unknown = false)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new(runId, "shop", [], now, now.AddMinutes(7), unknown ? "EXTunknown" : _template);
    }

    [Fact]
    public async Task An_experiment_carries_the_tags_by_which_it_is_found()
    {
        var started = Assert.IsType<StartOutcome.Started>(await Engine.StartAsync(Order("r1"), Cancel));

        var experiment = Assert.Single(Fis.Experiments);
        Assert.Equal(experiment.Id, started.Reference);
        Assert.Equal(
            new SortedDictionary<string, string> { ["chaos-engineering"] = "true", ["environment"] = "test", ["opsconsole:run"] = "r1" },
            new SortedDictionary<string, string>(experiment.Tags));
    }

    [Fact]
    public async Task A_start_whose_answer_was_lost_and_that_another_console_repeats_starts_no_second_experiment()
    {
        _world.Aws.Faults.CutAnswer("fis:StartExperiment", times: 2);
        Assert.Contains("ordered to end", Assert.IsType<StartOutcome.Refused>(await Engine.StartAsync(Order("r1"), Cancel)).Problem, StringComparison.Ordinal);

        var again = Assert.IsType<StartOutcome.Started>(await _world.Open().StartAsync(Order("r1"), Cancel));

        Assert.Equal(Assert.Single(Fis.Experiments).Id, again.Reference);
    }

    [Fact]
    public async Task A_console_that_knows_nothing_finds_a_run_by_its_tag_and_stops_it()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        var other = _world.Open();

        Assert.False((await other.ProveStoppedAsync("r1", TimeSpan.Zero, Cancel)).Gone);
        await other.StopAsync("r1", Cancel);

        Assert.True((await other.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
        Assert.Equal("stopped", Assert.Single(Fis.Experiments).Status);
    }

    [Fact]
    public async Task A_stop_that_is_answered_late_is_not_gone_until_it_is_read_back()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        using (var held = _world.Aws.Faults.Hold("fis:StopExperiment"))
        {
            var stopping = Engine.StopAsync("r1", Cancel).AsTask();
            await _world.Aws.Calls.WaitForAsync("fis:StopExperiment", cancellationToken: Cancel);
            Assert.False((await Engine.ProveStoppedAsync("r1", TimeSpan.FromMilliseconds(100), Cancel)).Gone);

            held.Dispose();
            await stopping;
        }

        Assert.True((await Engine.ProveStoppedAsync("r1", Patience, Cancel)).Gone);
    }

    [Fact]
    public async Task What_is_stopping_is_not_gone()
    {
        Fis.Timings = FisTimings.AtOnce with { Stopping = TimeSpan.FromHours(1) };
        await Engine.StartAsync(Order("r1"), Cancel);
        await Engine.StopAsync("r1", Cancel);

        var proof = await Engine.ProveStoppedAsync("r1", TimeSpan.FromMilliseconds(100), Cancel);

        Assert.False(proof.Gone);
        Assert.Equal([Target], proof.Unconfirmed);
        Assert.Contains("stopping", proof.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_that_is_denied_names_the_missing_permission()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        _world.Aws.Faults.Deny("fis:StopExperiment");
        await Assert.ThrowsAsync<EngineUnavailableException>(() => Engine.StopAsync("r1", Cancel).AsTask());

        var proof = await Engine.ProveStoppedAsync("r1", TimeSpan.FromMilliseconds(100), Cancel);

        Assert.False(proof.Gone);
        Assert.Contains("fis:StopExperiment", proof.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("denied", "fis:StartExperiment")]
    [InlineData("quota", "quota of FIS")]
    [InlineData("throttled", "throttles fis:StartExperiment")]
    [InlineData("gone", "has no template EXTunknown")]
    [InlineData("conflict", "cannot do that now")]
    [InlineData("down", "ordered to end")]
    public async Task A_start_that_fails_says_why_in_a_sentence(string how, string says)
    {
        switch (how)
        {
            case "denied":
                _world.Aws.Faults.Deny("fis:StartExperiment");
                break;
            case "quota":
                Fis.MostActiveExperiments = 0;
                break;
            case "throttled":
                _world.Aws.Faults.Throttle("fis:StartExperiment", times: 10);
                break;
            case "conflict":
                _world.Aws.Faults.Fail("fis:StartExperiment", 409, times: 10, code: "ConflictException");
                break;
            case "down":
                _world.Aws.Faults.Fail("fis:StartExperiment", 503, times: 10);
                break;
        }

        var refused = Assert.IsType<StartOutcome.Refused>(await Engine.StartAsync(Order("r1", unknown: how == "gone"), Cancel));

        Assert.Contains(says, refused.Problem, StringComparison.Ordinal);
        Assert.Empty(Fis.Experiments);
    }

    [Fact]
    public async Task An_experiment_that_runs_to_its_end_says_so()
    {
        _template = Fis.AddTemplate(duration: TimeSpan.FromMilliseconds(1));
        await Engine.StartAsync(Order("r1"), Cancel);

        Assert.Contains("completed", (await EndAsync<EngineStanding.Completed>("r1")).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_that_fails_says_why()
    {
        Fis.FailNext("AccessDenied", "The role may not stop instances.");
        await Engine.StartAsync(Order("r1"), Cancel);

        var why = (await EndAsync<EngineStanding.Failed>("r1")).Why;

        Assert.Contains("The role may not stop instances", why, StringComparison.Ordinal);
        Assert.Contains("AccessDenied", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_that_the_lever_cancels_says_so()
    {
        Fis.MoveLeverElsewhere(engaged: true, "incident 12");
        await Engine.StartAsync(Order("r1"), Cancel);

        Assert.Contains("safety lever", (await EndAsync<EngineStanding.Failed>("r1")).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_that_an_alarm_stops_names_it_as_a_limit()
    {
        var alarm = _world.Aws.CloudWatch.AddAlarm("errors");
        _template = Fis.AddTemplate(alarmArn: alarm);
        await Engine.StartAsync(Order("r1"), Cancel);
        _world.Aws.CloudWatch.SetAlarm("errors", "ALARM", "Too many.");

        Assert.Contains(alarm, (await EndAsync<EngineStanding.Stopped>("r1")).Limit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_is_not_known_yet_goes_on_and_is_never_taken_for_an_end()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        _world.Aws.Faults.UnknownValues("fis:GetExperiment");

        var proof = await Engine.ProveStoppedAsync("r1", TimeSpan.FromMilliseconds(100), Cancel);

        Assert.False(proof.Gone);
        Assert.Contains("from-the-future", proof.Problem, StringComparison.Ordinal);
        Assert.IsType<EngineStanding.Going>(await Engine.StandingAsync("r1", Cancel));
        Assert.All(await Engine.ReadAsync("r1", Cancel), report => Assert.Null(report.Active));
    }

    [Fact]
    public async Task What_was_started_elsewhere_is_a_run_of_its_own_name_and_dry_runs_are_none()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        _template = Fis.AddTemplate("Billing's own", tags: new Dictionary<string, string> { ["opsconsole:service"] = "billing" });
        var elsewhere = Fis.StartElsewhere(_template);
        var other = Fis.StartElsewhere(_template, new Dictionary<string, string> { ["opsconsole:run"] = "r2", ["environment"] = "staging" });
        await _world.Calls.StartAsync(_template, "dry", [], Amazon.FIS.ActionsMode.SkipAll, Cancel);

        var runs = await _world.Open().RunsAsync(Cancel);

        Assert.Equal(
            new[] { "r1", "fis-" + elsewhere, "fis-" + other }.Order(StringComparer.Ordinal), runs.Select(run => run.RunId).Order(StringComparer.Ordinal));
        var found = runs.Single(run => run.Reference == elsewhere);
        Assert.Equal((_template, "Billing's own", "billing"), (found.Experiment.Template, found.Experiment.Title, found.Experiment.Service));
        Assert.Equal(Target, Assert.Single(found.Faults).Target);
    }

    [Fact]
    public async Task Stopping_everything_also_stops_what_was_started_elsewhere()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        var elsewhere = Fis.StartElsewhere(_template);

        Assert.Equal(["fis-" + elsewhere, "r1"], (await Engine.StopEverythingAsync(Cancel)).Order(StringComparer.Ordinal));

        Assert.All(Fis.Experiments, experiment => Assert.Equal("stopped", experiment.Status));
    }

    [Fact]
    public async Task What_is_known_is_stopped_although_the_list_cannot_be_read()
    {
        await Engine.StartAsync(Order("r1"), Cancel);
        _world.Aws.Faults.Deny("fis:ListExperiments");

        await Assert.ThrowsAsync<EngineUnavailableException>(() => Engine.StopEverythingAsync(Cancel).AsTask());

        Assert.Equal("stopped", Assert.Single(Fis.Experiments).Status);
    }

    [Fact]
    public async Task A_start_that_a_stop_of_everything_overtakes_does_not_last()
    {
        Task<StartOutcome> start;
        using (var held = _world.Aws.Faults.Hold("fis:StartExperiment"))
        {
            start = Engine.StartAsync(Order("r1"), Cancel).AsTask();
            await _world.Aws.Calls.WaitForAsync("fis:StartExperiment", cancellationToken: Cancel);
            await Engine.StopEverythingAsync(Cancel);
        }

        Assert.IsType<StartOutcome.Refused>(await start);
        Assert.Equal("stopped", Assert.Single(Fis.Experiments).Status);
    }

    [Fact]
    public async Task An_action_reports_how_many_resources_it_has_struck()
    {
        _template = Fis.AddTemplate(instances: 3);
        await Engine.StartAsync(Order("r1"), Cancel);
        while (await Engine.ReadAsync("r1", Cancel) is not [{ Injected: 3, Active: true, Detail: "running: Action is running." }])
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    [Fact]
    public async Task Every_page_of_experiments_is_read()
    {
        Fis.MostActiveExperiments = 1000;
        for (var i = 0; i < 250; i++)
        {
            Fis.StartElsewhere(_template);
        }

        Assert.Equal(250, (await Engine.ActiveRunsAsync(Cancel)).Count);
        Assert.Equal(250, (await Engine.ActiveRunsAsync(Cancel)).Count);
    }

    private async Task<T> EndAsync<T>(string run)
        where T : EngineStanding
    {
        while (true)
        {
            if (await Engine.StandingAsync(run, Cancel) is not EngineStanding.Going and var standing)
            {
                return Assert.IsType<T>(standing);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }
}
