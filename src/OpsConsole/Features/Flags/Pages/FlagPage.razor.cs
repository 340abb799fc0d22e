using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Features.Flags.Gates;
using OpsConsole.Ui;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private FlagView? _view;
    private bool _mayOperate;
    private Task? _watching;

    [Parameter]
    public string Key { get; set; } = "";

    /// <summary>The revision that the form has just written, for which the page is opened.</summary>
    [SupplyParameterFromQuery]
    public long? Saved { get; set; }

    [Inject]
    internal FlagGates Gates { get; set; } = null!;

    [Inject]
    internal FlagFeed Feed { get; set; } = null!;

    [Inject]
    internal FlagDesk Desk { get; set; } = null!;

    [Inject]
    internal FlagFlips Flips { get; set; } = null!;

    [Inject]
    internal ISnackbar Notices { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal IJSRuntime Browser { get; set; } = null!;

    private IEnumerable<(string Name, string Value)> Rules =>
        FlagChanges.Members(_view!.Flag).Where(member => member.Name is not ("description" or "enabled") && member.Value is not "none")
            .Select(member => (LabelOf(member.Name), member.Value))
            .Append(("Revision", _view.Revision.ToString(CultureInfo.InvariantCulture)));

    private static string LimitOf(ConditionMargin margin) => FormattableString.Invariant($"{margin.Sign.Info().Key}:{margin.Limit}");

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync() => _mayOperate = await Desk.MayOperateAsync();

    protected override void OnParametersSet() => _view = Gates.Board.Snapshot.Flags.GetValueOrDefault(Key);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        _watching = WatchAsync(_leaving.Token);
        if (Saved is not null)
        {
            await WelcomeAsync();
        }
    }

    private async Task WatchAsync(CancellationToken leaving)
    {
        try
        {
            await foreach (var snapshot in Feed.WatchAsync(leaving))
            {
                await InvokeAsync(() =>
                {
                    _view = snapshot.Flags.GetValueOrDefault(Key);
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <summary>The name of the field by which a member is edited; some members have no field of their own.</summary>
    private static string LabelOf(string member) => member switch
    {
        "watchedService" => "Service",
        "recoverFor" => "Recover for",
        "archived" => "Archived",
        _ => FlagForm.Fields.FirstOrDefault(candidate => candidate.Member == member || candidate.Member == "conditions." + member)?.Label ?? member,
    };

    private Task ResetLatchAsync() => DoAsync(
        (flags, actor) => flags.ResetLatchAsync(Key, actor, "", CancellationToken.None), $"The latch of {Key} is reset.");

    private Task ArchiveAsync(bool archived) => DoAsync(
        (flags, actor) => flags.ArchiveAsync(Key, archived, _view!.Revision, actor, "", CancellationToken.None),
        archived ? $"{Key} is in the archive." : $"{Key} is out of the archive.",
        () => ArchiveAsync(!archived));

    private async Task DoAsync(Func<FlagService, string, ValueTask<FlagOutcome>> action, string done, Func<Task>? undo = null)
    {
        var (outcome, problem) = await Desk.DoAsync(action);
        if (outcome is FlagOutcome.Saved)
        {
            Notices.Done(Key, done, undo);
        }
        else
        {
            Notices.Problem(Key, $"{Key}: {problem}");
        }
    }

    /// <summary>Says once what the form did; loaded anew, the page says it no more.</summary>
    private async Task WelcomeAsync()
    {
        Notices.Done(Key, string.Create(CultureInfo.InvariantCulture, $"{Key} is saved as revision {Saved}."));
        await Browser.InvokeVoidAsync("history.replaceState", _leaving.Token, null, "", Navigation.GetUriWithQueryParameter("saved", (long?)null));
    }
}
