using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Features.Experiments.Pages;
using OpsConsole.Tests.Experiments;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class TemplatePagesTests : BunitContext
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(Now);
    private readonly FakeLever _second = new();
    private readonly Bench _bench;

    public TemplatePagesTests()
    {
        _bench = new Bench(time: _time, seconds: [_second]);
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton(_bench.Feed);
        Services.AddSingleton(_bench.Levers);
        Services.AddSingleton<Microsoft.AspNetCore.Components.Forms.AntiforgeryStateProvider, NoAntiforgery>();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void A_template_shows_what_it_does_to_what_and_what_stops_it()
    {
        var template = new FakeTemplates(_time).Template with { StopAlarms = ["arn:aws:cloudwatch:eu-west-1:1:alarm:errors"] };
        var panel = Render<TemplatePanel>(parameters => parameters.Add(shown => shown.Id, template.Id).Add(shown => shown.Template, template));
        Assert.Equal(["Strike", "aws:ec2:stop-instances", "Instances", "the start", "3 min"], panel.FindAll("tbody td").Select(cell => cell.TextContent.Trim()));
        Assert.Contains("ALL of aws:ec2:instance: tag app=shop", panel.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.Contains("alarm:errors", panel.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.Empty(panel.FindAll("[role=alert]"));
    }

    [Fact]
    public void A_template_that_cannot_be_read_says_why()
    {
        var panel = Render<TemplatePanel>(parameters => parameters.Add(shown => shown.Id, "EXT1").Add(shown => shown.Problem, "AWS denies the console fis:GetExperimentTemplate."));
        Assert.Equal("AWS denies the console fis:GetExperimentTemplate.", panel.Find("[role=alert]").TextContent);
    }

    [Fact]
    public void A_template_that_a_parameter_names_says_which()
    {
        const string Name = "/opsconsole/experiments/network-latency/template";
        var panel = Render<TemplatePanel>(parameters => parameters.Add(shown => shown.Id, "EXT1").Add(shown => shown.Parameter, Name));
        Assert.Equal(Name, panel.Find("p a[href='/parameters']").TextContent);
        panel.Render(parameters => parameters.Add(shown => shown.Parameter, null));
        Assert.Empty(panel.FindAll("p a"));
    }

    [Fact]
    public void A_dry_run_shows_what_would_be_struck_and_how_much_more()
    {
        var panel = Panel(new DryRun
        {
            Template = "EXT1",
            Token = "t",
            RequestedBy = "otto",
            StartedAt = Now,
            EndedAt = Now,
            Succeeded = true,
            Found = 250,
            Resources = [.. Enumerable.Range(0, 200).Select(i => new ResolvedResource("Instances", "aws:ec2:instance", $"arn:{i}"))],
        });
        Assert.Equal(20, panel.FindAll("li").Count);
        Assert.Contains("and 230 more", panel.Markup, StringComparison.Ordinal);
        Assert.False(panel.Find("button").HasAttribute("disabled"));
    }

    [Fact]
    public void A_dry_run_that_goes_on_cannot_be_asked_for_again_until_its_console_must_be_dead()
    {
        var going = new DryRun { Template = "EXT1", Token = "t", RequestedBy = "otto", StartedAt = Now };
        Assert.True(Panel(going).Find("button").HasAttribute("disabled"));
        _time.Advance(DryRun.Longest);
        Assert.False(Panel(going).Find("button").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_lever_says_that_the_one_of_FIS_could_not_be_set()
    {
        await _bench.PassAsync(1);
        _second.Problem = "AWS cannot be reached.";
        await _bench.Levers.EngageAsync("otto", "fire");
        var panel = Render<LeverPanel>();
        Assert.Contains("AWS cannot be reached.", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("AWS FIS", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_an_action_stands_with_its_fault()
    {
        var planned = ExperimentTemplate.PlanOf("r1", "Strike", "aws:ec2:stop-instances", ["Instances"]);
        var run = RunMachineTests.Run(RunState.Running) with
        {
            Faults = [planned],
            Reports = [new(planned.FaultId, planned.Target, FaultKind.TemplateAction, null, 0, Now, "pending: Action is pending.")],
        };
        var row = Render<RunFaults>(parameters => parameters.Add(faults => faults.Run, run)).Find("tbody tr").TextContent;
        Assert.Contains("aws:ec2:stop-instances", row, StringComparison.Ordinal);
        Assert.Contains("pending: Action is pending.", row, StringComparison.Ordinal);
        Assert.Contains("nothing yet", row, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_template_survives_the_form()
    {
        var definition = new FakeTemplates(_time).Template.Definition;
        var again = ExperimentDraft.From(definition).ToExperiment();
        Assert.Equal(definition.Template, again.Template);
        Assert.Empty(again.Faults);
        Assert.Empty(ExperimentRules.Validate(again));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _bench.Dispose();
    }

    private IRenderedComponent<DryRunPanel> Panel(DryRun dryRun) =>
        Render<DryRunPanel>(parameters => parameters.Add(panel => panel.Id, "fis-ext1").Add(panel => panel.DryRun, dryRun));

    private sealed class NoAntiforgery : Microsoft.AspNetCore.Components.Forms.AntiforgeryStateProvider
    {
        public override Microsoft.AspNetCore.Components.Forms.AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }
}
