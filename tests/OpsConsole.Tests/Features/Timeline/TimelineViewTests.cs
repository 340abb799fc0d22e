using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Timeline;

namespace OpsConsole.Tests.Features.Timeline;

public sealed class TimelineViewTests : BunitContext
{
    private readonly TimelineFeed _feed = new();
    private readonly FakeTimeline _timeline;

    public TimelineViewTests()
    {
        _timeline = new FakeTimeline(_feed);
        Services.AddSingleton(_feed).AddSingleton<ITimeline>(_timeline).AddMudServices();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public void The_filters_of_the_address_are_asked_for_and_shown()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/timeline?kind=flag.&actor=ana&text=why&from=2026-03-01T12:00");

        var page = Render<TimelineView>();

        Assert.Equal(("flag.", "ana", "why"), (_timeline.Asked!.Kind, _timeline.Asked.Actor, _timeline.Asked.Text));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), _timeline.Asked.From);
        Assert.Equal("ana", page.Find("#timeline-actor").GetAttribute("value"));
        Assert.Equal("flags", page.Find("#timeline-kind").GetAttribute("value"));
        Assert.Equal("flag.", page.Find("input[name=kind]").GetAttribute("value"));
        Assert.Contains("Nothing on the timeline fits these filters.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void What_happens_comes_in_by_itself_newest_first()
    {
        _timeline.Add("first");
        var page = Render<TimelineView>();

        _timeline.Add("second");

        page.WaitForAssertion(() => Assert.Equal(["second", "first"], Reasons(page)), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_store_that_answers_late_is_waited_for_and_the_page_is_live_from_then_on()
    {
        _timeline.Add("first");
        var answer = new TaskCompletionSource();
        _timeline.Answers = answer.Task;
        var page = Render<TimelineView>();

        answer.SetResult();
        page.WaitForAssertion(() => Assert.Equal(["first"], Reasons(page)), TimeSpan.FromSeconds(30));
        _timeline.Add("second");

        page.WaitForAssertion(() => Assert.Equal(["second", "first"], Reasons(page)), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void While_it_is_paused_what_is_new_is_counted_and_shown_afterwards()
    {
        _timeline.Add("first");
        var page = Render<TimelineView>();
        page.Find("button[aria-pressed]").Click();

        _timeline.Add("second");
        _timeline.Add("third");

        page.WaitForAssertion(() => Assert.Contains("2 new", page.Find("button[aria-pressed]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal(["first"], Reasons(page));
        page.Find("button[aria-pressed]").Click();
        page.WaitForAssertion(() => Assert.Equal(["third", "second", "first"], Reasons(page)), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Older_entries_are_shown_by_the_page()
    {
        for (var number = 1; number <= 150; number++)
        {
            _timeline.Add("number " + number);
        }

        var page = Render<TimelineView>();
        Assert.Equal(100, page.FindAll("tbody tr").Count);
        page.FindAll("button").Single(button => button.TextContent.Trim() == "Show older entries").Click();

        Assert.Equal(150, page.FindAll("tbody tr").Count);
        Assert.DoesNotContain("Show older entries", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_chain_is_told_with_its_first_broken_entry()
    {
        _timeline.Chain = new ChainVerification(false, 7, 3, "Entry 3 was changed after it was written.");
        var page = Render<TimelineView>();

        page.FindAll("button").Single(button => button.TextContent.Trim() == "Verify the chain").Click();

        Assert.Contains("broken at entry 3", page.Find("[data-chain].notice--bad").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_that_is_gone_is_told_instead_of_an_empty_timeline()
    {
        _timeline.Outage = "The disk is full.";

        var page = Render<TimelineView>();

        Assert.Equal("The disk is full.", page.Find("[role=alert]").TextContent);
        Assert.DoesNotContain("Nothing has happened", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_text_stays_text()
    {
        _timeline.Add("<img src=x onerror=alert(1)>");

        var page = Render<TimelineView>();

        Assert.Empty(page.FindAll("tbody img"));
        Assert.Equal(["<img src=x onerror=alert(1)>"], Reasons(page));
    }

    private static string[] Reasons(IRenderedComponent<TimelineView> page) =>
        [.. page.FindAll("td:last-child > div > span").Select(reason => reason.TextContent.Trim())];

    private sealed class FakeTimeline(TimelineFeed feed) : ITimeline
    {
        private readonly List<TimelineEntry> _entries = [];

        public TimelineQuery? Asked { get; private set; }

        public string? Outage { get; set; }

        /// <summary>Set: what is asked is answered when this is done, as by a store over a network.</summary>
        public Task Answers { get; set; } = Task.CompletedTask;

        public ChainVerification Chain { get; set; } = new(true, 0, null, null);

        public void Add(string reason)
        {
            lock (_entries)
            {
                var @event = new TimelineEvent { Actor = "ana", Kind = TimelineKinds.FlagFlippedOn, Subject = "flag:a", Reason = reason };
                _entries.Add(HashChain.Append(@event, DateTimeOffset.UnixEpoch, _entries.Count, _entries is [.., var last] ? last.Hash : HashChain.Genesis));
                feed.Publish(new TimelineHead(_entries.Count, [.. _entries]));
            }
        }

        public ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default)
        {
            await Answers.WaitAsync(cancellationToken);
            if (Outage is not null)
            {
                throw new StoreUnavailableException(Outage);
            }

            Asked = query;
            lock (_entries)
            {
                var found = _entries.Where(entry => !(entry.Sequence <= query.After) && !(entry.Sequence >= query.Before) && (query.Kind is null || entry.Kind == query.Kind));
                return [.. (query.NewestFirst ? found.Reverse() : found).Take(query.Limit)];
            }
        }

        public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Chain);
    }
}
