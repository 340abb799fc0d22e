using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Flags;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagsPage : IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly FlagRows _rows = new();
    private FlagSnapshot _snapshot = FlagSnapshot.Empty;
    private List<FlagView> _visible = [];
    private FlagView? _asked;
    private string? _refusal;
    private string? _problem;
    private bool _mayOperate;
    private Task? _watching;

    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    public string? Shown { get; set; }

    [Inject]
    internal FlagGates Gates { get; set; } = null!;

    [Inject]
    internal FlagFeed Feed { get; set; } = null!;

    [Inject]
    internal FlagDesk Desk { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    private string Summary
    {
        get
        {
            var live = _snapshot.Flags.Values.Where(view => !view.Flag.Archived).ToList();
            return $"{live.Count(view => view.Served)} of {live.Count} served, {live.Count(view => view.Shed)} shed";
        }
    }

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _mayOperate = await Desk.MayOperateAsync();
        Choose(Gates.Board.Snapshot);
    }

    protected override void OnParametersSet() => Choose(_snapshot);

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
                await InvokeAsync(() => Show(snapshot));
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    /// <summary>The page itself is rendered only when flags come, go or are flipped; the rows see to the rest.</summary>
    private void Show(FlagSnapshot snapshot)
    {
        var before = (_visible.Select(view => view.Flag.Key).ToList(), Summary);
        Choose(snapshot);
        if (Summary != before.Summary || !_visible.Select(view => view.Flag.Key).SequenceEqual(before.Item1, StringComparer.Ordinal))
        {
            StateHasChanged();
        }

        _rows.Show(snapshot);
    }

    private void Choose(FlagSnapshot snapshot)
    {
        _snapshot = snapshot;
        _visible = [.. snapshot.Flags.Values.Where(IsShown)];
    }

    private bool IsShown(FlagView view) =>
        (string.IsNullOrWhiteSpace(Query)
            || view.Flag.Key.Contains(Query.Trim(), StringComparison.OrdinalIgnoreCase)
            || view.Flag.Description.Contains(Query.Trim(), StringComparison.OrdinalIgnoreCase))
        && Shown switch
        {
            "on" => view.Flag is { Enabled: true, Archived: false },
            "off" => view.Flag is { Enabled: false, Archived: false },
            "shed" => view.Shed,
            "archived" => view.Flag.Archived,
            _ => !view.Flag.Archived,
        };

    private void Filter(string? query, string? shown)
    {
        (Query, Shown) = (query, shown);
        Choose(_snapshot);
        Navigation.NavigateTo(
            Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["q"] = string.IsNullOrWhiteSpace(query) ? null : query,
                ["show"] = string.IsNullOrEmpty(shown) ? null : shown,
            }),
            replace: true);
    }

    private async Task TurnOffAsync(FlagView view) =>
        _problem = (await Desk.DoAsync((flags, actor) => flags.FlipAsync(view.Flag.Key, enabled: false, actor, "", _leaving.Token))).Problem;

    private void Ask(FlagView view) => (_asked, _refusal) = (view, null);

    private void Dismiss() => _asked = null;

    private async Task TurnOnAsync(string reason)
    {
        var key = _asked!.Flag.Key;
        _refusal = (await Desk.DoAsync((flags, actor) => flags.FlipAsync(key, enabled: true, actor, reason, _leaving.Token))).Problem;
        _asked = _refusal is null ? null : _asked;
    }
}
