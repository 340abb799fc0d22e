using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private FlagView? _view;
    private string? _problem;
    private string? _refusal;
    private bool _asking;
    private bool _mayOperate;
    private Task? _watching;

    [Parameter]
    public string Key { get; set; } = "";

    [Inject]
    internal FlagGates Gates { get; set; } = null!;

    [Inject]
    internal FlagFeed Feed { get; set; } = null!;

    [Inject]
    internal FlagDesk Desk { get; set; } = null!;

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

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _watching = WatchAsync(_leaving.Token);
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

    private Task TurnOffAsync() => DoAsync((flags, actor) => flags.FlipAsync(Key, enabled: false, actor, "", _leaving.Token));

    private Task ResetLatchAsync() => DoAsync((flags, actor) => flags.ResetLatchAsync(Key, actor, "", _leaving.Token));

    private Task ArchiveAsync() =>
        DoAsync((flags, actor) => flags.ArchiveAsync(Key, !_view!.Flag.Archived, _view.Revision, actor, "", _leaving.Token));

    private async Task TurnOnAsync(string reason)
    {
        _refusal = (await Desk.DoAsync((flags, actor) => flags.FlipAsync(Key, enabled: true, actor, reason, _leaving.Token))).Problem;
        _asking = _refusal is not null;
    }

    private async Task DoAsync(Func<FlagService, string, ValueTask<FlagOutcome>> action) => _problem = (await Desk.DoAsync(action)).Problem;
}
