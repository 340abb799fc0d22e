using System.Collections.Immutable;
using Bunit;
using MudBlazor;
using MudBlazor.Services;
using OpsConsole.Core.Experiments;
using OpsConsole.Features.Experiments.Pages;
using OpsConsole.Tests.Experiments;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class ExperimentPagesTests : BunitContext
{
    public ExperimentPagesTests()
    {
        Services.AddMudServices();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Render<MudPopoverProvider>();
    }

    [Fact]
    public void The_faults_say_what_each_instance_reports()
    {
        var spec = BuiltInExperiments.Find("network-latency")!.Faults[0];
        var run = RunMachineTests.Run(RunState.Running) with
        {
            Faults = [new("f1", "shop-1", spec), new("f2", "shop-2", spec), new("f3", "shop-3", spec)],
            Reports =
            [
                new("f1", "shop-1", spec.Kind, true, 12, DateTimeOffset.UnixEpoch),
                new("f2", "shop-2", spec.Kind, false, 0, DateTimeOffset.UnixEpoch),
            ],
        };
        var rows = Render<RunFaults>(parameters => parameters.Add(faults => faults.Run, run)).FindAll("tbody tr");
        Assert.Equal(["active", "not active", "nothing yet"], rows.Select(row => row.QuerySelector(".chip")!.TextContent.Trim()));
        Assert.Equal("12", rows[0].QuerySelector(".num")!.TextContent);
    }

    [Fact]
    public void A_halt_without_proof_is_never_shown_as_confirmed()
    {
        var run = RunMachineTests.Run(RunState.Halted) with { HaltedBy = "otto", HaltReason = "enough", RecoveryStartedAt = DateTimeOffset.UnixEpoch };
        var text = Render<RunFacts>(parameters => parameters.Add(facts => facts.Run, run)).Find("dl").TextContent;
        Assert.Contains("not proven", text, StringComparison.Ordinal);
        Assert.Contains("not recovered", text, StringComparison.Ordinal);
        Assert.Contains("otto: enough", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_fault_has_its_message_at_its_field()
    {
        var errors = ImmutableDictionary<string, string[]>.Empty.Add("faults[1].delay", ["Delay by 1 ms to 60 s."]);
        var fields = Fields(new FaultDraft(), index: 1, errors);
        var delay = fields.Find("#fault-1-delay");
        Assert.Equal("true", delay.GetAttribute("aria-invalid"));
        Assert.Equal("Delay by 1 ms to 60 s.", fields.Find("#" + delay.GetAttribute("aria-describedby")).TextContent);
        Assert.Single(fields.FindAll("[aria-invalid=true]"));
    }

    [Fact]
    public async Task The_fields_of_a_fault_follow_its_kind()
    {
        var fields = Fields(new FaultDraft(), index: 0, ImmutableDictionary<string, string[]>.Empty);
        Assert.Empty(fields.FindAll("#fault-0-dependency"));
        Assert.Single(fields.FindAll("#fault-0-delay"));

        await fields.InvokeAsync(() => fields.FindComponent<MudSelect<FaultKind>>().Instance.ValueChanged.InvokeAsync(FaultKind.DependencyOutage));

        Assert.Single(fields.FindAll("#fault-0-dependency"));
        Assert.Empty(fields.FindAll("#fault-0-delay"));
    }

    [Fact]
    public void A_definition_survives_the_form()
    {
        foreach (var experiment in BuiltInExperiments.All)
        {
            var again = ExperimentDraft.From(experiment).ToExperiment();
            Assert.Equal(experiment.Faults, again.Faults);
            Assert.Equal(experiment.RollbackActions, again.RollbackActions);
            Assert.Equal((experiment.Duration, experiment.Safeguards), (again.Duration, again.Safeguards));
        }
    }

    [Fact]
    public void A_new_definition_begins_with_the_shared_default_safeguards()
    {
        Assert.Equal(new Safeguards(7.5, null), ExperimentDraft.New(new(7.5, null)).ToExperiment().Safeguards);
        Assert.Equal(new Safeguards(20, 1500), ExperimentDraft.New(new(null, null)).ToExperiment().Safeguards);
    }

    private IRenderedComponent<FaultFields> Fields(FaultDraft draft, int index, IReadOnlyDictionary<string, string[]> errors) =>
        Render<FaultFields>(parameters => parameters
            .Add(field => field.Fault, draft)
            .Add(field => field.Index, index)
            .Add(field => field.Errors, errors)
            .Add(field => field.OnRemove, () => { }));
}
