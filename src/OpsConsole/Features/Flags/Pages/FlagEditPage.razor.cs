using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagEditPage
{
    private FlagForm _form = FlagForm.From(null);
    private FlagForm _startedFrom = FlagForm.From(null);
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private Stored<Flag>? _current;
    private string _newKey = "";
    private string _reason = "";
    private string? _problem;
    private bool _enabled;
    private bool _busy;

    [Parameter]
    public string? Key { get; set; }

    [Inject]
    internal FlagCatalog Catalog { get; set; } = null!;

    [Inject]
    internal FlagDesk Desk { get; set; } = null!;

    [Inject]
    internal IDialogService Dialogs { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private string Heading => Key is null ? "New flag" : $"Edit {Key}";

    protected override void OnInitialized()
    {
        _current = Key is null ? null : Catalog.Find(Key);
        (_form, _startedFrom) = (FlagForm.From(_current?.Value), FlagForm.From(_current?.Value));
    }

    private string? Error(string member) => _errors.TryGetValue(member, out var messages) ? messages[0] : null;

    private async Task SaveAsync()
    {
        var key = Key ?? _newKey.Trim();
        var (flag, errors) = _form.Read(key, _current?.Value);
        (_errors, _problem) = (errors, null);
        if (flag is null)
        {
            return;
        }

        _busy = true;
        var wanted = _current is null ? flag with { Enabled = _enabled } : flag;
        var (outcome, problem) = await Desk.DoAsync(
            (flags, actor) => flags.SaveAsync(wanted, _current?.Revision ?? 0, actor, _reason.Trim(), CancellationToken.None));
        _busy = false;
        switch (outcome)
        {
            case FlagOutcome.Saved saved:
                Navigation.NavigateTo(string.Create(CultureInfo.InvariantCulture, $"/flags/{key}?saved={saved.Flag.Revision}"), forceLoad: true);
                break;
            case FlagOutcome.Invalid invalid:
                _errors = invalid.Errors;
                break;
            case FlagOutcome.Conflict { Current: { } theirs } when _current is not null:
                await ResolveAsync(theirs);
                break;
            case FlagOutcome.Conflict { Current: not null }:
                _errors = FlagOutcome.Wrong("key", "There is a flag with this key already.").Errors;
                break;
            default:
                _problem = problem;
                break;
        }
    }

    /// <summary>Goes on from their version with the fields that are chosen. If it is theirs that is chosen, there is nothing to save.</summary>
    private async Task ResolveAsync(Stored<Flag> theirs)
    {
        var dialog = await Dialogs.ShowAsync<ConflictDialog>(
            null,
            new DialogParameters<ConflictDialog>
            {
                { conflict => conflict.Theirs, theirs },
                { conflict => conflict.Mine, _form },
                { conflict => conflict.StartedFrom, _startedFrom },
            },
            new DialogOptions { MaxWidth = MaxWidth.Medium });
        if (await dialog.Result is not { Canceled: false, Data: IReadOnlySet<string> mine })
        {
            return;
        }

        (_current, _startedFrom) = (theirs, FlagForm.From(theirs.Value));
        foreach (var field in FlagForm.Fields.Where(field => !mine.Contains(field.Member)))
        {
            _form[field.Member] = _startedFrom[field.Member];
        }

        if (mine.Count > 0)
        {
            await SaveAsync();
        }
    }
}
