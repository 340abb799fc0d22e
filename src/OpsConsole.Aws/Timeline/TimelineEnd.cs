using System.Collections.Immutable;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>The end of the timeline as this console knows it: the page that is being filled and the one before it. It tells the feed.</summary>
internal sealed class TimelineEnd(TimelineFeed feed)
{
    private const int MostRecent = 200;

    private readonly Lock _gate = new();
    private ImmutableList<Link>? _window;

    /// <summary>Whether the end was read at all.</summary>
    public bool IsKnown => Volatile.Read(ref _window) is not null;

    /// <summary>The entries of the newest two pages, oldest first.</summary>
    public ImmutableList<Link> Window => Volatile.Read(ref _window) ?? [];

    public long Sequence => Window is [.., var last] ? last.Entry.Sequence : 0;

    /// <summary>Takes over entries that were read or written; those that are known already are left out.</summary>
    public void Advance(IReadOnlyList<Link> links)
    {
        lock (_gate)
        {
            var last = Sequence;
            var news = links.SkipWhile(link => link.Entry.Sequence <= last).ToList();
            if (news.Count == 0)
            {
                Volatile.Write(ref _window, Window);
                return;
            }

            var window = Window.AddRange(news);
            var first = TimelineItems.FirstOf(TimelineItems.PageOf(news[^1].Entry.Sequence) - 1);
            if (window[0].Entry.Sequence < first)
            {
                window = window.RemoveAll(link => link.Entry.Sequence < first);
            }

            Volatile.Write(ref _window, window);
            var recent = feed.Current.Recent.AddRange(news.TakeLast(MostRecent).Select(link => link.Entry));
            feed.Publish(new(news[^1].Entry.Sequence, recent.RemoveRange(0, Math.Max(0, recent.Count - MostRecent))));
        }
    }

    public Link? At(long sequence)
    {
        var window = Window;
        return window.IsEmpty || sequence < window[0].Entry.Sequence ? null : window.Find(link => link.Entry.Sequence == sequence);
    }
}
