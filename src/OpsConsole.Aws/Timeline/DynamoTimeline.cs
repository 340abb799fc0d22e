using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>The timeline in DynamoDB.</summary>
internal sealed class DynamoTimeline(TimelineChain chain, EventPacker packer, TimelinePages pages, TimelineEnd end, TimelineFeed feed) : ITimeline
{
    private const int MostEntries = 1000;

    public async ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await chain.AppendAsync(await packer.PackAsync(@event), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > MostEntries)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.Limit, $"The limit must be 1 to {MostEntries}.");
        }

        // What is known already never changes.
        if (!end.IsKnown || query.Before is not { } before || before > end.Sequence + 1)
        {
            await chain.RefreshAsync(cancellationToken);
        }

        var first = Math.Max(1, (query.After ?? 0) + 1);
        var last = Math.Min(end.Sequence, (query.Before ?? long.MaxValue) - 1);
        List<TimelineEntry> found = [];
        if (first > last)
        {
            return found;
        }

        var (from, to) = (TimelineItems.PageOf(first), TimelineItems.PageOf(last));
        for (var page = query.NewestFirst ? to : from; page >= from && page <= to; page += query.NewestFirst ? -1 : 1)
        {
            if (query.IsSelective() && IsFull(page) && await pages.SummaryAsync(page, cancellationToken) is { } summary && !summary.MayHold(query))
            {
                continue;
            }

            var links = await pages.GetAsync(page, cancellationToken);
            foreach (var link in query.NewestFirst ? links.Reverse() : links)
            {
                if (query.Matches(link.Entry))
                {
                    found.Add(link.Entry);
                    if (found.Count == query.Limit)
                    {
                        return found;
                    }
                }
            }
        }

        return found;
    }

    public async ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default)
    {
        var check = new ChainCheck(feed.Current.Recent);
        var full = await pages.NewestSummaryAsync(cancellationToken);
        var newest = Math.Max(TimelineItems.PageOf(Math.Max(1, end.Sequence)), full);
        long entries = 0;
        try
        {
            for (var page = 0L; page <= newest || entries == TimelineItems.FirstOf(page) - 1; page++)
            {
                var before = entries;
                await foreach (var link in pages.StreamAsync(page, after: 0, cancellationToken))
                {
                    if (!check.Accept(link.Entry))
                    {
                        return check.Result();
                    }

                    entries++;
                }

                if (entries == before && page > newest)
                {
                    break;
                }
            }
        }
        catch (FormatException exception)
        {
            check.Reject(entries + 1, exception.Message);
            return check.Result();
        }

        if (entries < TimelineItems.FirstOf(full + 1) - 1)
        {
            check.Reject(entries + 1, $"The timeline ends at entry {entries}, but page {full} was full: its end was cut off.");
        }

        return check.Result();
    }

    private bool IsFull(long page) => TimelineItems.FirstOf(page + 1) <= end.Sequence + 1;
}
