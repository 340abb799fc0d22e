using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using OpsConsole.Core.Flags;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags.Pages;

public sealed partial class FlagsPage : IDisposable
{
    private static readonly (string Value, string Words, Func<FlagView, bool> Fits)[] Families =
    [
        ("", "All", static view => !view.Flag.Archived),
        ("on", "ON", static view => view.Flag is { Enabled: true, Archived: false }),
        ("off", "OFF", static view => view.Flag is { Enabled: false, Archived: false }),
        ("shed", "Shed", static view => view.Shed),
        ("archived", "Archive", static view => view.Flag.Archived),
    ];

    private readonly CancellationTokenSource _leaving = new();
    private FlagSnapshot _snapshot = FlagSnapshot.Empty;
    private List<string> _visible = [];
    private FlagRows _rows = null!;
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
    internal FlagFlips Flips { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal IJSRuntime Browser { get; set; } = null!;

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
        _rows = new(Flips.FlipAsync) { MayFlip = await Desk.MayOperateAsync() };
        Choose(Gates.Board.Snapshot);
    }

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
        var (keys, summary, counts) = (_visible, Summary, Array.ConvertAll(Families, family => Count(family.Fits)));
        Choose(snapshot);
        if (Summary != summary
            || !Families.Select(family => Count(family.Fits)).SequenceEqual(counts)
            || !_visible.SequenceEqual(keys, StringComparer.Ordinal))
        {
            StateHasChanged();
        }

        _rows.Show(snapshot);
    }

    private void Choose(FlagSnapshot snapshot)
    {
        _snapshot = snapshot;
        var fits = Array.Find(Families, family => family.Value == Shown).Fits ?? Families[0].Fits;
        _visible = [.. snapshot.Flags.Values.Where(view => fits(view) && IsFound(view)).Select(view => view.Flag.Key)];
        _rows.Prepare(snapshot);
    }

    private int Count(Func<FlagView, bool> fits) => _snapshot.Flags.Values.Count(fits);

    private bool IsFound(FlagView view) =>
        string.IsNullOrWhiteSpace(Query)
        || view.Flag.Key.Contains(Query.Trim(), StringComparison.OrdinalIgnoreCase)
        || view.Flag.Description.Contains(Query.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>The filters stand in the address, which is rewritten in place: going there would load the page anew with every letter.</summary>
    private async Task FilterAsync(string? query, string? shown)
    {
        (Query, Shown) = (query, shown);
        Choose(_snapshot);
        var address = Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["q"] = string.IsNullOrWhiteSpace(query) ? null : query,
            ["show"] = string.IsNullOrEmpty(shown) ? null : shown,
        });
        await Browser.InvokeVoidAsync("history.replaceState", _leaving.Token, null, "", address);
    }
}
