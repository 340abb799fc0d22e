using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>Runs of templates in an engine that goes on without the console, beside runs by fault agents.</summary>
public sealed class TemplateRunTests
{
    private const string Template = "fis-ext1";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_goes_to_the_engine_that_runs_such_experiments()
    {
        using var world = new World();
        var run = await world.RunningAsync();

        Assert.Equal(["start " + run.Id], world.Cloud.Calls.Where(call => call.StartsWith("start", StringComparison.Ordinal)));
        Assert.Empty(world.Bench.Engine.Active);
        Assert.Equal("EXP-" + run.Id, run.Reference);
        Assert.Equal(FakeTemplates.Id, world.Cloud.Active[run.Id].Template);
        Assert.Equal(("Strike → Instances", "aws:ec2:stop-instances"), (run.Faults[0].Target, run.Faults[0].Spec.Action));
    }

    [Fact]
    public async Task Halt_all_reaches_every_engine_although_one_hangs()
    {
        using var world = new World();
        await world.RunningAsync();
        world.Bench.Engine.Hangs = true;

        var halt = world.Bench.Halts.HaltAllAsync("otto", "fire");
        for (var waited = 0; !world.Cloud.Active.IsEmpty; waited++)
        {
            Assert.InRange(waited, 0, 500);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancelled);
        }

        Assert.False(halt.IsCompleted);

        for (; !halt.IsCompleted; await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancelled))
        {
            world.Bench.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal((1, 1), ((await halt).Halted, (await halt).Confirmed));
    }

    [Fact]
    public async Task A_halt_of_a_run_that_nobody_knows_asks_every_engine()
    {
        using var world = new World();
        await world.Bench.Halts.HaltRunAsync("nobody-knows", "otto", "");
        Assert.Contains("stop nobody-knows", world.Cloud.Calls);
        Assert.Contains("stop nobody-knows", world.Bench.Engine.Calls);
    }

    [Fact]
    public async Task A_run_that_its_engine_has_completed_recovers_and_is_judged()
    {
        using var world = new World();
        var run = await world.RunningAsync(seconds: 60);
        world.Cloud.Active.Clear();
        world.Cloud.Standings[run.Id] = new EngineStanding.Completed("It is completed.");
        await world.Bench.PassAsync(10);

        var over = world.Bench.Now(run.Id);
        Assert.Equal((RunState.Completed, Verdict.Tolerated), (over.State, over.Verdict));
    }

    [Fact]
    public async Task A_run_that_its_engine_has_failed_ends_with_the_engines_sentence()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        world.Cloud.Standings[run.Id] = new EngineStanding.Failed("The role may not stop instances.");
        await world.Bench.PassAsync(1);

        Assert.Equal((RunState.Failed, "The role may not stop instances."), (world.Bench.Now(run.Id).State, world.Bench.Now(run.Id).Phases[^1].Why));
        Assert.Contains(TimelineKinds.RunFailed, world.Bench.Store.KindsOf(Subjects.Run(run.Id)));
    }

    [Theory]
    [InlineData("an alarm", "safeguard: an alarm", Verdict.Degraded)]
    [InlineData(null, "outside", Verdict.Tolerated)]
    public async Task A_run_that_was_stopped_in_its_engine_is_halted_by_whoever_did(string? limit, string haltedBy, Verdict verdict)
    {
        using var world = new World();
        var run = await world.RunningAsync(seconds: 60);
        world.Cloud.Standings[run.Id] = new EngineStanding.Stopped("It is stopped.", limit);
        await world.Bench.PassAsync(10);

        var over = world.Bench.Now(run.Id);
        Assert.Equal((RunState.Halted, haltedBy, verdict), (over.State, over.HaltedBy, over.Verdict));
    }

    [Fact]
    public async Task A_safeguard_stops_a_run_in_the_cloud_too()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        world.Bench.Signs = world.Bench.Signs with { ErrorRate = 50 };
        await world.Bench.PassAsync(1);

        Assert.Empty(world.Cloud.Active);
        Assert.StartsWith("safeguard", world.Bench.Now(run.Id).HaltedBy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_that_is_not_read_back_is_not_taken_for_the_end_however_long_it_lasts()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        world.Cloud.Silent = ["Strike → Instances"];
        await world.Bench.Halts.HaltRunAsync(run.Id, "otto", "enough");
        await world.Bench.PassAsync(8);
        Assert.Equal((RunState.Halting, null), (world.Bench.Now(run.Id).State, world.Bench.Now(run.Id).HaltConfirmedMs));

        world.Cloud.Silent = [];
        await world.Bench.PassAsync(1);
        Assert.Equal(RunState.Recovering, world.Bench.Now(run.Id).State);
        Assert.NotNull(world.Bench.Now(run.Id).HaltConfirmedMs);
    }

    [Fact]
    public async Task A_console_that_was_killed_before_it_had_started_the_experiment_starts_it_once_when_it_is_back()
    {
        using var world = new World();
        world.Cloud.HoldStart = new();
        var launched = await world.LaunchAsync();
        world.Bench.Time.Advance(TimeSpan.FromSeconds(1));
        world.Bench.Supervisor.Look(CancellationToken.None);
        while (world.Cloud.Calls.IsEmpty)
        {
            await Task.Yield();
        }

        world.Cloud.HoldStart = null;
        using var second = world.Restarted(secondsLater: 3);
        await second.PassAsync(3);

        Assert.Equal((RunState.Running, "EXP-" + launched.Id), (second.Now(launched.Id).State, second.Now(launched.Id).Reference));
        Assert.Equal(2, world.Cloud.Calls.Count(call => call == "start " + launched.Id));
    }

    [Fact]
    public async Task A_console_that_is_back_too_late_ends_what_may_have_been_started()
    {
        using var world = new World();
        world.Cloud.HoldStart = new();
        var launched = await world.LaunchAsync();
        using var second = world.Restarted(secondsLater: 60);
        await second.PassAsync(3);

        Assert.Equal(RunState.Failed, second.Now(launched.Id).State);
        Assert.Contains("stop " + launched.Id, world.Cloud.Calls);
    }

    [Fact]
    public async Task A_restarted_console_goes_on_with_a_run_in_the_cloud()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        using var second = world.Restarted(secondsLater: 20);
        await second.PassAsync(3);

        Assert.Equal(RunState.Running, second.Now(run.Id).State);
        Assert.Contains(TimelineKinds.RunAdopted, second.Store.KindsOf(Subjects.Run(run.Id)));
        Assert.True(world.Cloud.Active.ContainsKey(run.Id));
    }

    [Fact]
    public async Task A_restarted_console_gives_health_its_grace_before_it_halts_a_run_in_the_cloud_that_it_sees_nothing_of()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        using var second = world.Restarted(secondsLater: 20);
        second.Reporting = false;

        await second.PassAsync(2);
        Assert.Equal(RunState.Running, second.Now(run.Id).State);

        await second.PassAsync(5);
        Assert.Equal("safeguard: no fresh health", second.Now(run.Id).HaltedBy);
    }

    [Fact]
    public async Task Halt_all_writes_down_who_halted_a_run_that_was_not_heard_of_here()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        using var second = world.Restarted(secondsLater: 0);

        var halt = await second.Halts.HaltAllAsync("otto", "fire");

        Assert.Equal((1, 1), (halt.Halted, halt.Confirmed));
        Assert.Equal(("otto", "fire"), (second.Now(run.Id).HaltedBy, second.Now(run.Id).HaltReason));
        Assert.Single(second.Store.KindsOf(Subjects.Run(run.Id)), kind => kind == TimelineKinds.RunHalting);
    }

    [Fact]
    public async Task What_was_started_elsewhere_is_taken_up_not_halted_and_can_be_halted()
    {
        using var world = new World();
        await world.Bench.PassAsync(1);
        world.StartElsewhere("fis-EXP7");
        world.Bench.Reporting = false;
        await world.Bench.PassAsync(30);

        var run = world.Bench.Now("fis-EXP7");
        Assert.Equal((RunState.Running, true, "EXP7"), (run.State, run.StartedElsewhere, run.Reference));
        Assert.DoesNotContain("stop fis-EXP7", world.Cloud.Calls);
        Assert.Single(world.Bench.Store.KindsOf(Subjects.Run(run.Id)), kind => kind == TimelineKinds.RunAdopted);

        await world.Bench.Halts.HaltRunAsync("fis-EXP7", "otto", "not now");
        await world.Bench.PassAsync(2);
        Assert.Equal((RunState.Halted, "otto"), (world.Bench.Now("fis-EXP7").State, world.Bench.Now("fis-EXP7").HaltedBy));
        Assert.Empty(world.Cloud.Foreign);
    }

    [Fact]
    public async Task A_console_that_ends_in_order_leaves_alone_what_was_started_elsewhere()
    {
        using var world = new World();
        await world.Bench.PassAsync(1);
        world.StartElsewhere("fis-EXP7");
        await world.Bench.PassAsync(6);
        var mine = await world.LaunchOnAnotherServiceAsync();
        await world.Bench.PassAsync(2);
        await world.Bench.Supervisor.StoppingAsync(Cancelled);

        Assert.Equal(RunState.Aborted, world.Bench.Now(mine.Id).State);
        Assert.Equal(RunState.Running, world.Bench.Now("fis-EXP7").State);
        Assert.DoesNotContain("stop fis-EXP7", world.Cloud.Calls);
    }

    [Fact]
    public async Task A_run_that_is_over_and_still_goes_on_in_its_engine_is_ordered_to_end()
    {
        using var world = new World();
        var run = await world.RunningAsync();
        world.Cloud.Standings[run.Id] = new EngineStanding.Failed("It failed.");
        await world.Bench.PassAsync(1);
        world.StartElsewhere(run.Id);
        await world.Bench.PassAsync(20);

        Assert.Empty(world.Cloud.Foreign);
        Assert.Equal(RunState.Failed, world.Bench.Now(run.Id).State);
    }

    [Fact]
    public async Task A_template_is_not_launched_without_a_dry_run()
    {
        using var world = new World();
        await world.Bench.PassAsync(30);
        var refused = Assert.IsType<LaunchOutcome.Refused>(await world.Bench.Runs.LaunchAsync(Template, "otto", "", null, Cancelled));
        Assert.Contains("dry run", refused.Sentence, StringComparison.Ordinal);
        Assert.Empty(world.Cloud.Active);
    }

    [Theory]
    [InlineData(-1, "failed")]
    [InlineData(0, "found nothing")]
    public async Task A_dry_run_that_failed_or_found_nothing_allows_no_launch(int finds, string says)
    {
        using var world = new World();
        world.Templates.Finds = finds;
        await world.DryRunAsync();
        await world.Bench.PassAsync(30);
        var refused = Assert.IsType<LaunchOutcome.Refused>(await world.Bench.Runs.LaunchAsync(Template, "otto", "", null, Cancelled));
        Assert.Contains(says, refused.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_counts_no_more_when_the_template_was_changed_or_a_day_has_gone_by()
    {
        using var world = new World();
        await world.DryRunAsync();
        await world.Bench.PassAsync(1);
        var before = world.Templates.Template;
        Assert.True(await PassesAsync("Dry run"));

        world.Templates.Template = before with { ChangedAt = world.Bench.Time.GetUtcNow() };
        Assert.False(await PassesAsync("Dry run"));

        world.Templates.Template = before;
        world.Bench.Time.Advance(TimeSpan.FromHours(25));
        Assert.False(await PassesAsync("Dry run"));

        async Task<bool> PassesAsync(string check) =>
            (await world.Bench.Desk.LookAsync(world.Templates.Template.Definition, Cancelled)).Checks.Single(found => found.Name == check).Passed;
    }

    [Theory]
    [InlineData("production", false, false)]
    [InlineData("production", true, true)]
    [InlineData("staging", false, true)]
    public async Task Production_asks_for_an_alarm_that_stops_the_template(string environment, bool alarm, bool passes)
    {
        using var world = new World(environment);
        world.Templates.Template = world.Templates.Template with { StopAlarms = alarm ? ["arn:aws:cloudwatch:eu-west-1:1:alarm:errors"] : [] };
        var checks = (await world.Bench.Desk.LookAsync(world.Templates.Template.Definition, Cancelled)).Checks;
        Assert.Equal(passes, checks.Single(check => check.Name == "Stop condition").Passed);
    }

    [Fact]
    public async Task A_template_that_cannot_be_read_is_refused_with_the_reason()
    {
        using var world = new World();
        await world.Bench.PassAsync(1);
        world.Templates.Problem = "AWS denies the console fis:GetExperimentTemplate.";
        var checks = (await world.Bench.Desk.LookAsync(world.Templates.Template.Definition, Cancelled)).Checks;
        Assert.Equal("AWS denies the console fis:GetExperimentTemplate.", checks.Single(check => check.Name == "Template").Finding);
        Assert.False(Preflight.Passed(checks));
    }

    [Fact]
    public async Task Two_who_ask_for_a_dry_run_at_once_get_the_same_and_it_is_on_the_timeline_with_its_end()
    {
        using var world = new World();
        world.Templates.HoldDryRun = new();
        var first = Assert.IsType<DryRunOutcome.Begun>(await world.Bench.DryRuns.BeginAsync(Template, "otto", Cancelled));
        var second = Assert.IsType<DryRunOutcome.Begun>(await world.Bench.DryRuns.BeginAsync(Template, "ada", Cancelled));
        Assert.Equal(first.DryRun.Token, second.DryRun.Token);
        world.Templates.HoldDryRun.SetResult();
        Assert.True((await first.End).Succeeded);

        Assert.Equal(1, world.Templates.DryRuns);
        Assert.Equal(2, world.Bench.Store.KindsOf(Subjects.Experiment(Template)).Count(kind => kind == TimelineKinds.ExperimentDryRun));
        Assert.Equal("EXP0", (await world.Bench.DryRuns.NewestAsync(FakeTemplates.Id, Cancelled))!.Reference);
    }

    [Fact]
    public async Task A_dry_run_is_refused_while_the_lever_is_engaged_and_where_there_is_no_template()
    {
        using var world = new World();
        Assert.IsType<DryRunOutcome.Refused>(await world.Bench.DryRuns.BeginAsync("network-latency", "otto", Cancelled));
        Assert.IsType<DryRunOutcome.Unknown>(await world.Bench.DryRuns.BeginAsync("nothing", "otto", Cancelled));
        await world.Bench.PassAsync(1);
        await world.Bench.Levers.EngageAsync("otto", "incident 12");
        Assert.Contains("incident 12", Assert.IsType<DryRunOutcome.Refused>(await world.Bench.DryRuns.BeginAsync(Template, "otto", Cancelled)).Why, StringComparison.Ordinal);
        Assert.Equal(0, world.Templates.DryRuns);
    }

    [Fact]
    public async Task A_copy_of_a_template_names_it_and_has_limits_of_its_own()
    {
        using var world = new World();
        var copy = world.Templates.Template.Definition with { Id = "mine", Safeguards = new(1, null), BuiltIn = false };
        var experiments = new ExperimentService(world.Bench.Store, new(world.Bench.Parameters, world.Templates), world.Templates);
        Assert.IsType<ExperimentOutcome.Saved>(await experiments.SaveAsync(copy, 0, "otto", "", Cancelled));
        Assert.IsType<ExperimentOutcome.Refused>(await experiments.SaveAsync(copy with { Id = Template }, 0, "otto", "", Cancelled));
        Assert.IsType<ExperimentOutcome.Invalid>(await experiments.SaveAsync(
            copy with { Id = "wrong", Faults = [new() { Kind = FaultKind.Error }] }, 0, "otto", "", Cancelled));

        var all = (await experiments.ListAsync(Cancelled)).Select(stored => stored.Id).ToList();
        Assert.Contains(Template, all);
        Assert.Contains("mine", all);
        Assert.Equal(1, (await experiments.FindAsync("mine", Cancelled))!.Value.Safeguards.MaxErrorRate);
    }

    /// <summary>A console with fault agents and an engine in the cloud that outlives it.</summary>
    private sealed class World : IDisposable
    {
        private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));

        public World(string environment = "test")
        {
            Cloud = new(_time) { Name = "cloud", IsShared = true, RunsTemplates = true };
            Templates = new(_time);
            Bench = new(environment, time: _time, others: [Cloud], templates: Templates);
        }

        public Bench Bench { get; }

        public FakeEngine Cloud { get; }

        public FakeTemplates Templates { get; }

        public async Task DryRunAsync() =>
            await Assert.IsType<DryRunOutcome.Begun>(await Bench.DryRuns.BeginAsync(Template, "otto", Cancelled)).End;

        public async Task<Run> LaunchAsync()
        {
            await DryRunAsync();
            await Bench.PassAsync(30);
            return Assert.IsType<LaunchOutcome.Accepted>(await Bench.Runs.LaunchAsync(Template, "otto", "to see", null, Cancelled)).Run;
        }

        public async Task<Run> RunningAsync(int seconds = 5)
        {
            var run = await LaunchAsync();
            await Bench.PassAsync(seconds);
            Assert.Equal(RunState.Running, Bench.Now(run.Id).State);
            return Bench.Now(run.Id);
        }

        public void StartElsewhere(string run) => Cloud.Foreign[run] = new EngineRun
        {
            RunId = run,
            Reference = run.Replace("fis-", "", StringComparison.Ordinal),
            Experiment = Templates.Template.Definition with { Service = "elsewhere" },
            StartedAt = _time.GetUtcNow(),
            Faults = Templates.Template.Plan(run),
        };

        public async Task<Run> LaunchOnAnotherServiceAsync()
        {
            await DryRunAsync();
            await Bench.PassAsync(30);
            return Assert.IsType<LaunchOutcome.Accepted>(await Bench.Runs.LaunchAsync(Template, "otto", "", null, Cancelled)).Run;
        }

        /// <summary>The console after <c>kill -9</c>; the cloud has gone on.</summary>
        public Bench Restarted(int secondsLater)
        {
            var store = Bench.Store.Copy();
            _time.Advance(TimeSpan.FromSeconds(secondsLater));
            return new(store: store, time: _time, history: Bench.History, cells: Bench.Cells, others: [Cloud], templates: Templates) { Signs = Bench.Signs };
        }

        public void Dispose() => Bench.Dispose();
    }
}
