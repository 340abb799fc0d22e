using System.Threading.Channels;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Timeline;

/// <summary>An event that was seen in an item.</summary>
/// <param name="Key">The item.</param>
/// <param name="Box">The event.</param>
/// <param name="IsDeleted">Whether the record was deleted, so that the item goes when the event is moved.</param>
/// <param name="IsOwn">Whether it is written even if somebody from outside replaces the item: this console made it, or tells of the replacement.</param>
internal sealed record SeenBox(ItemKey Key, Outbox Box, bool IsDeleted, bool IsOwn = false);

/// <summary>Moves the events that whoever made them has left in the items.</summary>
internal sealed class OutboxMover(DynamoCalls calls, TimelineChain chain, AwsOptions options)
{
    private readonly Channel<SeenBox> _queue = Channel.CreateUnbounded<SeenBox>(new() { SingleReader = true });
    private readonly Lock _gate = new();
    private Dictionary<string, SeenBox> _noticed = new(StringComparer.Ordinal);
    private Dictionary<string, SeenBox> _lingering = new(StringComparer.Ordinal);

    /// <summary>Events that nobody else is about to move.</summary>
    public ChannelReader<SeenBox> Queued => _queue.Reader;

    /// <summary>Queues an event that this console has just made.</summary>
    public void Enqueue(ItemKey key, Outbox box) => _queue.Writer.TryWrite(new(key, box, IsDeleted: false, IsOwn: true));

    /// <summary>Notes an event that somebody is probably about to move.</summary>
    public void Notice(SeenBox seen)
    {
        lock (_gate)
        {
            _noticed[seen.Box.EventId] = seen;
        }
    }

    /// <summary>Moves the events that were there at the last sweep as well: whoever made them has died or lost the store.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await NoticeIndexedAsync(cancellationToken);
        foreach (var seen in TakeLingering())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await MoveAsync(seen);
        }
    }

    public async Task MoveAsync(SeenBox seen)
    {
        await chain.MoveAsync(seen);
        await ClearAsync(seen);
    }

    /// <summary>Takes an event that is in the timeline out of its item. If that does not succeed now, a sweep does it.</summary>
    public async Task ClearAsync(SeenBox seen)
    {
        try
        {
            if (seen.IsDeleted)
            {
                await calls.DeleteAsync(seen.Box.ToBury(seen.Key), seen.Key);
            }
            else
            {
                await calls.UpdateAsync(seen.Box.ToClear(seen.Key), seen.Key);
            }
        }
        catch (StoreUnavailableException)
        {
            Notice(seen);
        }
    }

    private async Task NoticeIndexedAsync(CancellationToken cancellationToken)
    {
        var request = new QueryRequest
        {
            TableName = options.RecordsTable,
            IndexName = RecordsTable.PendingIndex,
            KeyConditionExpression = $"{RecordsTable.Pending} = :pending",
            ExpressionAttributeValues = new(StringComparer.Ordinal) { [":pending"] = Attributes.Text(RecordsTable.Pending) },
        };
        await foreach (var item in calls.QueryAsync(request, cancellationToken))
        {
            var key = RecordsTable.Key(options.RecordsTable, item.GetText(RecordsTable.Partition)!, item.GetText(RecordsTable.Sort)!);
            if (Book.Of(await calls.GetAsync(key, cancellationToken)) is { Box: { } box } book)
            {
                Notice(new(key, box, book.IsDeleted));
            }
        }
    }

    /// <summary>What was noticed in this sweep and in the last one, in the order in which it happened.</summary>
    private List<SeenBox> TakeLingering()
    {
        lock (_gate)
        {
            var both = _noticed.Values.Where(seen => _lingering.ContainsKey(seen.Box.EventId)).OrderBy(seen => seen.Box.EventId, StringComparer.Ordinal).ToList();
            (_lingering, _noticed) = (_noticed, new(StringComparer.Ordinal));
            return both;
        }
    }
}
