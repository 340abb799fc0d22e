using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class ExperimentsPage
{
    private IReadOnlyList<Stored<Experiment>> _experiments = [];
    private Dictionary<string, Run> _last = [];
    private string? _problem;

    [Inject]
    internal ExperimentService Experiments { get; set; } = default!;

    [Inject]
    internal RunService Runs { get; set; } = default!;

    [Inject]
    internal RunFeed Feed { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        try
        {
            _experiments = await Experiments.ListAsync(default);
            _last = (await Runs.ListAsync(default))
                .GroupBy(run => run.Experiment.Id, StringComparer.Ordinal)
                .ToDictionary(runs => runs.Key, runs => runs.First(), StringComparer.Ordinal);
        }
        catch (StoreUnavailableException exception)
        {
            _problem = $"{exception.Message} What runs now is shown nevertheless, and halting works.";
        }
    }
}
