using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>Templates that a test sets, and dry runs that end when it says so.</summary>
internal sealed class FakeTemplates(TimeProvider time) : IExperimentTemplates
{
    public const string Id = "EXT1";

    public string Name => "fake";

    public ExperimentTemplate Template { get; set; } = new()
    {
        Id = Id,
        Definition = new Experiment
        {
            Id = "fis-ext1",
            Title = "Stop instances",
            Hypothesis = "Nobody notices.",
            Service = "storefront",
            Faults = [],
            Template = Id,
            Duration = TimeSpan.FromMinutes(5),
            Safeguards = new(MaxErrorRate: 20, MaxLatency: 1500),
            BuiltIn = true,
        },
        Targets = [new("Instances", "aws:ec2:instance", "ALL", "tag app=shop")],
        Actions = [new("Strike", "aws:ec2:stop-instances", "", ["Instances"], [], TimeSpan.FromMinutes(3), System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty)],
    };

    public string? Problem { get; set; }

    /// <summary>What a dry run finds; negative: it fails.</summary>
    public int Finds { get; set; } = 2;

    /// <summary>Set: a dry run waits for it.</summary>
    public TaskCompletionSource? HoldDryRun { get; set; }

    public int DryRuns { get; private set; }

    public ValueTask<TemplateList> ListAsync(CancellationToken cancellationToken) => new(new TemplateList([Template], Problem));

    public ValueTask<TemplateReading> ReadAsync(string id, CancellationToken cancellationToken) =>
        new(id == Id && Problem is null ? new TemplateReading(Template, null) : new TemplateReading(null, Problem ?? "There is no such template."));

    public async ValueTask<DryRun> DryRunAsync(DryRun dryRun, Action<DryRun> progress, CancellationToken cancellationToken)
    {
        DryRuns++;
        progress(dryRun with { Detail = "It is initiating." });
        if (HoldDryRun is { } hold)
        {
            await hold.Task;
        }

        return dryRun with { EndedAt = time.GetUtcNow(), Succeeded = Finds >= 0, Found = Math.Max(0, Finds), Reference = "EXP0", Detail = "It is over." };
    }
}
