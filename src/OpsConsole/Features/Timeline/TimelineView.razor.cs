using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.Extensions;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline;

/// <summary>The live timeline. The filters are the address; what is new comes in by itself unless it is paused.</summary>
public sealed partial class TimelineView(ITimeline timeline, TimelineFeed feed) : ComponentBase, IDisposable
{
    private const int PageSize = 100;
    private const int MostShown = 1000;

    private static readonly ImmutableArray<(string Value, string Words)> Families =
    [
        ("", "everything"), ("flag.", "flags"), ("experiment.", "experiments"), ("run.", "runs"), ("lever.", "safety lever"),
        ("health.", "health"), ("console.", "console"),
    ];

    private readonly CancellationTokenSource _disposed = new();
    private ImmutableList<TimelineEntry>? _entries;
    private ImmutableList<TimelineEntry> _new = [];
    private TimelineQuery _query = new();
    private ChainVerification? _chain;
    private string? _problem;
    private string? _kind;
    private string? _actor;
    private string? _subject;
    private string? _text;
    private string? _from;
    private string? _to;
    private bool _watches;
    private bool _hasOlder;
    private bool _paused;
    private bool _verifying;
    private long _seen;

    [SupplyParameterFromQuery]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery]
    public string? Actor { get; set; }

    [SupplyParameterFromQuery]
    public string? Subject { get; set; }

    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    private static string WordsOf(string? value) => Families.FirstOrDefault(family => family.Value == value).Words ?? value ?? "";

    private int Waiting => _new.Count;

    private bool IsFiltered => new[] { Kind, Actor, Subject, Text, From, To }.Any(static filter => !string.IsNullOrEmpty(filter));

    private string ExportAddress
    {
        get
        {
            var query = new QueryBuilder();
            foreach (var (name, value) in new[] { ("kind", Kind), ("actor", Actor), ("subject", Subject), ("text", Text), ("from", From), ("to", To) })
            {
                if (!string.IsNullOrEmpty(value))
                {
                    query.Add(name, value);
                }
            }

            return "/api/v1/timeline/export" + query;
        }
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        (_kind, _actor, _subject, _text, _from, _to) = (Kind ?? "", Actor, Subject, Text, From, To);
        var request = new TimelineRequest { Kind = Kind, Actor = Actor, Subject = Subject, Text = Text, From = From, To = To };
        _query = request.Parse(out var errors) with { NewestFirst = true, Limit = PageSize };
        if (errors.Count > 0)
        {
            _problem = string.Join(" ", errors.Select(static error => $"{error.Key}: {error.Value[0]}"));
            return;
        }

        await GuardAsync(async () =>
        {
            _seen = feed.Current.Sequence;
            var page = await timeline.ReadAsync(_query, _disposed.Token);
            _entries = [.. page];
            _hasOlder = page.Count == PageSize;
            _seen = Math.Max(_seen, page is [var newest, ..] ? newest.Sequence : 0);
        });
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Not only at the first: a store that is asked over the network answers after it.
        if (_watches || _entries is null)
        {
            return;
        }

        _watches = true;
        try
        {
            await foreach (var head in feed.WatchAsync(_disposed.Token))
            {
                if (head.Sequence > _seen)
                {
                    await GuardAsync(CatchUpAsync);
                    await InvokeAsync(StateHasChanged);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private async Task CatchUpAsync()
    {
        IReadOnlyList<TimelineEntry> page;
        do
        {
            page = await timeline.ReadAsync(_query with { After = _seen, NewestFirst = false, Limit = MostShown }, _disposed.Token);
            _seen = page is [.., var last] ? last.Sequence : _seen;
            _new = _new.InsertRange(0, page.Reverse());
        }
        while (page.Count == MostShown);

        if (!_paused)
        {
            ShowNew();
        }
    }

    private void ShowNew()
    {
        var all = _new.AddRange(_entries ?? []);
        _hasOlder |= all.Count > MostShown;
        _entries = all.Count > MostShown ? all.RemoveRange(MostShown, all.Count - MostShown) : all;
        _new = [];
    }

    private void TogglePause()
    {
        _paused = !_paused;
        if (!_paused)
        {
            ShowNew();
        }
    }

    private Task ShowOlderAsync() => GuardAsync(async () =>
    {
        var page = await timeline.ReadAsync(_query with { Before = _entries![^1].Sequence }, _disposed.Token);
        _entries = _entries.AddRange(page);
        _hasOlder = page.Count == PageSize;
    });

    private async Task VerifyAsync()
    {
        _verifying = true;
        await GuardAsync(async () => _chain = await timeline.VerifyAsync(_disposed.Token));
        _verifying = false;
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
            _problem = null;
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
        }
    }
}
