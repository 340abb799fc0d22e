using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Records;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class ExperimentsPage
{
    private IReadOnlyList<Stored<Experiment>> _experiments = [];
    private Dictionary<string, Run> _last = [];
    private Dictionary<string, ExperimentTemplate> _templates = [];
    private IReadOnlyList<string> _astray = [];
    private string? _templatesProblem;
    private string? _problem;

    [Inject]
    internal ExperimentService Experiments { get; set; } = default!;

    [Inject]
    internal TemplateMapping Mapping { get; set; } = default!;

    [Inject]
    internal RunService Runs { get; set; } = default!;

    [Inject]
    internal RunFeed Feed { get; set; } = default!;

    private Stored<Experiment> AsRun(Stored<Experiment> stored) => Mapping.Of(stored.Value) is { } mapped
        ? stored with { Value = mapped.ApplyTo(stored.Value, _templates.GetValueOrDefault(mapped.Id)?.Definition) }
        : stored;

    /// <summary>What a template does, on what, what stops it, and how it is tagged.</summary>
    private string Summary(string id)
    {
        if (!_templates.TryGetValue(id, out var template))
        {
            return $"{id}, which is not known now";
        }

        string?[] parts =
        [
            id,
            string.Join(" + ", template.Actions.Select(action => action.ActionId).Distinct(StringComparer.Ordinal)),
            template.Targets.IsEmpty ? null : $"on {string.Join(", ", template.Targets.Select(target => $"{target.Selection} {target.ResourceType}"))}",
            template.StopAlarms.IsEmpty ? "no stop alarm" : $"{template.StopAlarms.Length} stop alarm{(template.StopAlarms.Length == 1 ? "" : "s")}",
            template.Tags.IsEmpty ? null : string.Join(", ", template.Tags.Select(tag => $"{tag.Key}={tag.Value}")),
        ];
        return string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }

    protected override async Task OnInitializedAsync()
    {
        try
        {
            var definitions = await Experiments.ListAsync(default);
            var templates = await Experiments.TemplatesAsync(default);
            _templates = templates.Templates.ToDictionary(template => template.Id, StringComparer.Ordinal);
            _templatesProblem = templates.Problem;
            _experiments = [.. definitions.Select(AsRun)];
            _astray = [.. Mapping.Astray(definitions.Select(stored => stored.Id))];
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
