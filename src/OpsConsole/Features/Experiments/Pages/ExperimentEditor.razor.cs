using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Experiments.Pages;

public sealed partial class ExperimentEditor
{
    private IReadOnlyDictionary<string, string[]> _errors = ImmutableDictionary<string, string[]>.Empty;
    private ExperimentDraft? _draft;
    private long _revision;
    private string? _problem;

    [Parameter]
    public string? Id { get; set; }

    [Inject]
    internal ExperimentService Experiments { get; set; } = default!;

    [Inject]
    internal ParameterFeed Parameters { get; set; } = default!;

    [Inject]
    internal AuthenticationStateProvider Authentication { get; set; } = default!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = default!;

    private bool IsEdit => Navigation.ToBaseRelativePath(Navigation.Uri).Split('?')[0].EndsWith("/edit", StringComparison.Ordinal);

    private string Heading => Id is null ? "New experiment" : IsEdit ? $"Edit {Id}" : $"Copy {Id}";

    private bool IsWrong(string member) => _errors.ContainsKey(member);

    protected override async Task OnInitializedAsync()
    {
        if (Id is null)
        {
            _draft = ExperimentDraft.New(Parameters.Current.SafeguardDefaults);
            return;
        }

        try
        {
            // What is edited is the definition itself; a copy is one of what is run, with its template.
            if (await (IsEdit ? Experiments.FindDefinitionAsync(Id, default) : Experiments.FindAsync(Id, default)) is not { } stored)
            {
                _problem = $"There is no experiment “{Id}”.";
            }
            else if (IsEdit && !stored.Value.CanChange(out var why))
            {
                _problem = why;
            }
            else
            {
                _draft = ExperimentDraft.From(stored.Value);
                _revision = IsEdit ? stored.Revision : 0;
                if (!IsEdit)
                {
                    _draft.Id += "-copy";
                    _draft.Title += " (copy)";
                }
            }
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }

    private async Task SaveAsync()
    {
        var user = (await Authentication.GetAuthenticationStateAsync()).User;
        if (!user.IsInRole(AccessRoles.Operator) && !user.IsInRole(AccessRoles.Admin))
        {
            _problem = "Saving takes the role operator.";
            return;
        }

        _problem = null;
        _errors = ImmutableDictionary<string, string[]>.Empty;
        var experiment = _draft!.ToExperiment();
        try
        {
            switch (await Experiments.SaveAsync(experiment, _revision, user.Identity!.Name!, "", default))
            {
                case ExperimentOutcome.Saved:
                    Navigation.NavigateTo($"/experiments/{experiment.Id}", forceLoad: true);
                    break;
                case ExperimentOutcome.Invalid invalid:
                    _errors = invalid.Errors;
                    _problem = "Some fields need your attention. Nothing was saved.";
                    break;
                case ExperimentOutcome.Refused refused:
                    _problem = _revision == 0 ? $"The key {experiment.Id} is taken. {refused.Why}" : refused.Why;
                    break;
                default:
                    _problem = _revision == 0
                        ? $"There is an experiment {experiment.Id} already. Choose another key."
                        : "Somebody else changed it meanwhile. Open it anew; what you typed is still here to copy.";
                    break;
            }
        }
        catch (StoreUnavailableException exception)
        {
            _problem = $"Not saved: {exception.Message}";
        }
    }
}
