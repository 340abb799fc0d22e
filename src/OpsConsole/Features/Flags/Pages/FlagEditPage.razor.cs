using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagEditPage
{
    private FlagForm _form = FlagForm.From(null);
    private FlagForm _startedFrom = FlagForm.From(null);
    private IReadOnlyDictionary<string, string[]> _errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
    private Stored<Flag>? _current;
    private Stored<Flag>? _conflict;
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
            case FlagOutcome.Saved:
                Navigation.NavigateTo($"/flags/{key}", forceLoad: true);
                break;
            case FlagOutcome.Invalid invalid:
                _errors = invalid.Errors;
                break;
            case FlagOutcome.Conflict { Current: { } theirs } when _current is not null:
                _conflict = theirs;
                break;
            case FlagOutcome.Conflict { Current: not null }:
                _errors = FlagOutcome.Wrong("key", "There is a flag with this key already.").Errors;
                break;
            default:
                _problem = problem;
                break;
        }
    }

    /// <summary>Goes on from their version with the fields that were chosen. If it was theirs that was chosen, there is nothing to save.</summary>
    private async Task ResolveAsync(Func<string, bool> isMine)
    {
        var theirs = FlagForm.From(_conflict!.Value);
        foreach (var field in FlagForm.Fields.Where(field => !isMine(field.Member)))
        {
            _form[field.Member] = theirs[field.Member];
        }

        (_current, _startedFrom, _conflict) = (_conflict, theirs, null);
        if (FlagForm.Fields.Any(field => _form[field.Member] != theirs[field.Member]))
        {
            await SaveAsync();
        }
    }
}
