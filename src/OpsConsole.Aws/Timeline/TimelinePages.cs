using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Timeline;

/// <summary>Reads the timeline page by page. Full pages never change, so the latest read are kept, and of all the summaries.</summary>
internal sealed class TimelinePages(DynamoCalls calls, TimelineItems items, TimelineEnd end, AwsOptions options) : IDisposable
{
    private const int MostKept = 16;

    private readonly Lock _gate = new();
    private readonly LinkedList<(long Page, ImmutableArray<Link> Links)> _kept = [];
    private readonly SemaphoreSlim _loading = new(1);
    private ImmutableDictionary<long, PageSummary> _summaries = ImmutableDictionary<long, PageSummary>.Empty;

    /// <summary>Reads the entries of a page from the table, oldest first.</summary>
    /// <param name="page">The page.</param>
    /// <param name="after">Only entries with a higher number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FormatException">The next entry was not written by the console.</exception>
    public async IAsyncEnumerable<Link> StreamAsync(long page, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            TableName = options.RecordsTable,
            ConsistentRead = true,
            KeyConditionExpression = $"{RecordsTable.Partition} = :page AND {RecordsTable.Sort} > :after",
            ExpressionAttributeValues = new(StringComparer.Ordinal)
            {
                [":page"] = Attributes.Text(TimelineItems.PartitionOf(page)),
                [":after"] = Attributes.Text(TimelineItems.SortOf(after)),
            },
        };
        await foreach (var item in calls.QueryAsync(request, cancellationToken))
        {
            yield return await items.ReadAsync(item, cancellationToken);
        }
    }

    /// <summary>Reads the entries of a page from the table, oldest first.</summary>
    /// <inheritdoc cref="StreamAsync"/>
    public async Task<List<Link>> ReadAsync(long page, long after, CancellationToken cancellationToken)
    {
        try
        {
            return await StreamAsync(page, after, cancellationToken).ToListAsync(cancellationToken);
        }
        catch (FormatException exception)
        {
            throw Damaged(exception);
        }
    }

    /// <summary>The entries of a page at or before the end, from memory if they are known.</summary>
    public async ValueTask<IReadOnlyList<Link>> GetAsync(long page, CancellationToken cancellationToken)
    {
        var window = end.Window;
        if (!window.IsEmpty && window[0].Entry.Sequence <= TimelineItems.FirstOf(page))
        {
            return window.FindAll(link => TimelineItems.PageOf(link.Entry.Sequence) == page);
        }

        lock (_gate)
        {
            for (var node = _kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Page == page)
                {
                    _kept.Remove(node);
                    _kept.AddFirst(node);
                    return node.Value.Links;
                }
            }
        }

        var links = await ReadAsync(page, after: 0, cancellationToken);
        if (links.Count == TimelineItems.PageSize)
        {
            Keep(page, [.. links]);
        }

        return links;
    }

    /// <summary>The summary of a full page; <see langword="null"/> if nobody has written one.</summary>
    public async ValueTask<PageSummary?> SummaryAsync(long page, CancellationToken cancellationToken)
    {
        if (!_summaries.ContainsKey(page))
        {
            await LoadSummariesAsync(page, cancellationToken);
        }

        return _summaries.GetValueOrDefault(page);
    }

    /// <summary>The newest page that is known to be full; −1 if none is.</summary>
    public async Task<long> NewestSummaryAsync(CancellationToken cancellationToken)
    {
        var request = SummariesAfter(-1);
        request.ScanIndexForward = false;
        request.Limit = 1;
        await foreach (var item in calls.QueryAsync(request, cancellationToken))
        {
            return long.Parse(item.GetText(RecordsTable.Sort)!, CultureInfo.InvariantCulture);
        }

        return -1;
    }

    /// <summary>Writes the summary of a full page.</summary>
    public async Task SummariseAsync(long page, IReadOnlyCollection<Link> links)
    {
        var summary = PageSummary.Of(page, links);
        ImmutableInterlocked.TryAdd(ref _summaries, page, summary);
        var key = RecordsTable.Key(options.RecordsTable, PageSummary.Partition, page.ToString("D6", CultureInfo.InvariantCulture));
        try
        {
            await calls.PutAsync(new() { TableName = key.Table, Item = summary.Write(key) }, key);
        }
        catch (StoreUnavailableException)
        {
            // The trouble is known by now; without the summary the page is read, and whoever reads it tries again.
        }
    }

    public void Dispose() => _loading.Dispose();

    private async Task LoadSummariesAsync(long wanted, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            var after = _summaries.IsEmpty || _summaries.Keys.Max() > wanted ? -1 : _summaries.Keys.Max();
            if (_summaries.ContainsKey(wanted))
            {
                return;
            }

            await foreach (var item in calls.QueryAsync(SummariesAfter(after), cancellationToken))
            {
                if (PageSummary.Read(item) is { } summary)
                {
                    ImmutableInterlocked.TryAdd(ref _summaries, summary.Page, summary);
                }
            }

            if (!_summaries.ContainsKey(wanted) && await GetAsync(wanted, cancellationToken) is { Count: TimelineItems.PageSize } links)
            {
                // Who filled the page died before writing this.
                await SummariseAsync(wanted, links);
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    private QueryRequest SummariesAfter(long page) => new()
    {
        TableName = options.RecordsTable,
        ConsistentRead = true,
        KeyConditionExpression = $"{RecordsTable.Partition} = :pages AND {RecordsTable.Sort} > :after",
        ExpressionAttributeValues = new(StringComparer.Ordinal)
        {
            [":pages"] = Attributes.Text(PageSummary.Partition),
            [":after"] = Attributes.Text(page < 0 ? "-" : page.ToString("D6", CultureInfo.InvariantCulture)),
        },
    };

    public StoreUnavailableException Damaged(FormatException exception) => new(
        $"The timeline in table {options.RecordsTable} was changed from outside. {exception.Message} Verify the timeline; restore the table to a point in time before.",
        exception);

    private void Keep(long page, ImmutableArray<Link> links)
    {
        lock (_gate)
        {
            _kept.AddFirst((page, links));
            if (_kept.Count > MostKept)
            {
                _kept.RemoveLast();
            }
        }
    }
}
