using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;
using OpsConsole.Features.Experiments;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>A shared parameter says which template is run for an experiment.</summary>
public sealed class TemplateMappingTests : IDisposable
{
    private const string Path = "/opsconsole/test";
    private const string Parameter = "/opsconsole/test/experiments/network-latency/template";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero));
    private readonly FakeTemplates _templates;
    private readonly FakeEngine _cloud;
    private readonly Bench _bench;
    private readonly TemplateMapping _mapping;
    private readonly ExperimentService _experiments;

    public TemplateMappingTests()
    {
        _templates = new(_time);
        _cloud = new(_time) { Name = "cloud", IsShared = true, RunsTemplates = true };
        _bench = new(time: _time, others: [_cloud], templates: _templates);
        _mapping = new(_bench.Parameters, _templates);
        _experiments = new(_bench.Store, _mapping, _templates);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_mapped_experiment_runs_its_template_in_place_of_its_faults()
    {
        Map("network-latency");
        await _bench.PassAsync(30);
        Assert.Contains("Dry run", await RefusedAsync("network-latency"), StringComparison.Ordinal);

        var run = await RunningAsync("network-latency");

        Assert.Equal(FakeTemplates.Id, _cloud.Active[run.Id].Template);
        Assert.Empty(_bench.Engine.Active);
        Assert.Equal((FakeTemplates.Id, Parameter), (run.Experiment.Template, run.Experiment.TemplateParameter));
        Assert.Equal("aws:ec2:stop-instances", Assert.Single(run.Faults).Spec.Action);
    }

    [Fact]
    public async Task What_came_with_the_console_takes_service_duration_and_limits_of_the_template_and_keeps_its_words()
    {
        _templates.Template = _templates.Template with
        {
            Definition = _templates.Template.Definition with { Service = "checkout", Safeguards = new(2, 900), Duration = TimeSpan.FromMinutes(7) },
        };
        Map("network-latency");
        var experiment = await FindAsync("network-latency");
        Assert.Equal(("checkout", TimeSpan.FromMinutes(7), new Safeguards(2, 900)), (experiment.Service, experiment.Duration, experiment.Safeguards));
        Assert.Equal(("Network latency", 2), (experiment.Title, experiment.RollbackActions.Length));
        Assert.False(experiment.CanChange(out var why));
        Assert.Equal("It came with the console. Copy it and change the copy.", why);
    }

    [Fact]
    public async Task An_experiment_of_ones_own_keeps_all_that_it_says_but_the_faults_and_is_edited_as_it_is_written()
    {
        await SaveOwnAsync("mine");
        Map("mine");
        var asRun = await FindAsync("mine");
        Assert.Equal((FakeTemplates.Id, "storefront", TimeSpan.FromSeconds(45), 3), (asRun.Template, asRun.Service, asRun.Duration, asRun.Safeguards.MaxErrorRate));
        Assert.Empty(asRun.Faults);

        var written = (await _experiments.FindDefinitionAsync("mine", Cancelled))!.Value;
        Assert.Null(written.Template);
        Assert.Single(written.Faults);
    }

    [Fact]
    public async Task A_definition_that_names_its_own_template_is_never_mapped()
    {
        _bench.Parameters.Publish(Read("fis-ext1", "EXT2"));
        Assert.Equal((FakeTemplates.Id, null), ((await FindAsync("fis-ext1")).Template, (await FindAsync("fis-ext1")).TemplateParameter));
    }

    [Fact]
    public async Task A_console_whose_engines_have_no_templates_maps_nothing()
    {
        Map("network-latency");
        var mapping = new TemplateMapping(_bench.Parameters);
        var found = await new ExperimentService(_bench.Store, mapping).FindAsync("network-latency", Cancelled);
        Assert.Null(found!.Value.Template);
        Assert.Null(mapping.Unknown(found.Value));
    }

    [Fact]
    public async Task While_the_parameters_were_never_read_nothing_without_a_template_is_launched()
    {
        _bench.Parameters.Publish(ParameterSnapshot.Empty with { Path = Path, Problem = "AWS denies ssm:GetParametersByPath." });
        await _bench.PassAsync(30);
        var refused = await RefusedAsync("network-latency");
        Assert.Contains("Template mapping", refused, StringComparison.Ordinal);
        Assert.Contains("AWS denies ssm:GetParametersByPath.", refused, StringComparison.Ordinal);
        Assert.DoesNotContain(_bench.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));

        await RunningAsync("fis-ext1");
    }

    [Fact]
    public async Task A_mapping_stays_in_force_while_the_parameters_cannot_be_read_again_and_goes_with_its_parameter()
    {
        Map("network-latency");
        _bench.Parameters.Publish(_bench.Parameters.Current with { Problem = "AWS cannot be reached." });
        Assert.Equal(FakeTemplates.Id, (await FindAsync("network-latency")).Template);

        _bench.Parameters.Publish(ParameterSnapshot.Empty with { Path = Path, ReadAt = _time.GetUtcNow() });
        Assert.Null((await FindAsync("network-latency")).Template);
    }

    [Fact]
    public async Task A_run_keeps_the_template_that_was_mapped_when_it_was_launched()
    {
        Map("network-latency");
        await _bench.PassAsync(30);
        var run = await RunningAsync("network-latency");
        _bench.Parameters.Publish(Read("network-latency", "EXT2"));
        await _bench.PassAsync(3);
        Assert.Equal((RunState.Running, FakeTemplates.Id), (_bench.Now(run.Id).State, _bench.Now(run.Id).Experiment.Template));
    }

    [Fact]
    public async Task A_mapped_template_that_is_not_known_is_refused_and_the_faults_are_not_run_in_its_place()
    {
        _bench.Parameters.Publish(Read("network-latency", "EXT404"));
        await _bench.PassAsync(30);
        Assert.Contains("There is no such template.", await RefusedAsync("network-latency"), StringComparison.Ordinal);
        Assert.Empty(_bench.Engine.Active);
    }

    [Fact]
    public void A_mapping_of_an_experiment_that_does_not_exist_is_named()
    {
        Map("nothing");
        Assert.Equal(["/opsconsole/test/experiments/nothing/template"], _mapping.Astray(["network-latency"]));
        Assert.Empty(_mapping.Astray(["network-latency", "nothing"]));
    }

    private void Map(string experiment) => _bench.Parameters.Publish(Read(experiment, FakeTemplates.Id));

    private ParameterSnapshot Read(string experiment, string template) => ParameterSnapshot.Empty with
    {
        Path = Path,
        ReadAt = _time.GetUtcNow(),
        Templates = ParameterSnapshot.Empty.Templates.SetItem(experiment, template),
    };

    private async Task<Experiment> FindAsync(string id) => (await _experiments.FindAsync(id, Cancelled))!.Value;

    private async Task SaveOwnAsync(string id) => Assert.IsType<ExperimentOutcome.Saved>(await _experiments.SaveAsync(
        BuiltInExperiments.Find("network-latency")! with { Id = id, Duration = TimeSpan.FromSeconds(45), Safeguards = new(3, 1500) }, 0, "otto", "", Cancelled));

    private async Task<string> RefusedAsync(string id)
    {
        var refused = Assert.IsType<LaunchOutcome.Refused>(await _bench.Runs.LaunchAsync(id, "otto", "", null, Cancelled));
        return string.Join("\n", refused.Preflight.Checks.Where(check => !check.Passed).Select(check => $"{check.Name}: {check.Finding}"));
    }

    private async Task<Run> RunningAsync(string id)
    {
        await Assert.IsType<DryRunOutcome.Begun>(await _bench.DryRuns.BeginAsync(id, "otto", Cancelled)).End;
        var run = Assert.IsType<LaunchOutcome.Accepted>(await _bench.Runs.LaunchAsync(id, "otto", "to see", null, Cancelled)).Run;
        await _bench.PassAsync(5);
        Assert.Equal(RunState.Running, _bench.Now(run.Id).State);
        return _bench.Now(run.Id);
    }
}
