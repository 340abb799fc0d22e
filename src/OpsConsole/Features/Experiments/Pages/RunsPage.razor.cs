using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class RunsPage
{
    private IReadOnlyList<Run> _runs = [];
    private IReadOnlyList<string> _experiments = [];
    private string? _problem;

    [SupplyParameterFromQuery]
    private string? Experiment { get; set; }

    [SupplyParameterFromQuery]
    private string? State { get; set; }

    [SupplyParameterFromQuery]
    private string? Verdict { get; set; }

    [Inject]
    internal RunService Runs { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        var filter = new RunFilter(Experiment, null, State, Verdict, 200);
        if (filter.Problem() is var (member, message))
        {
            _problem = $"The filter “{member}” does not fit. {message}";
            return;
        }

        try
        {
            var runs = await Runs.ListAsync(default);
            _experiments = [.. runs.Select(run => run.Experiment.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            _runs = [.. filter.Apply(runs)];
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }
}
