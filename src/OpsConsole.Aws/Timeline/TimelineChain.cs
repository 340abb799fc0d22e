using System.Globalization;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>What became of a change with its event.</summary>
/// <param name="Entry">The event's entry; <see langword="null"/> if the change was refused.</param>
/// <param name="Current">If it was refused: the item as it is now.</param>
internal readonly record struct Commit(TimelineEntry? Entry, Item? Current);

/// <summary>
/// Writes the chain. An entry is written to the number behind the newest one that is known, if that is free; if it is taken, what others
/// wrote is read first. So the numbers have no gap, whoever writes and whoever dies while writing.
/// </summary>
internal sealed class TimelineChain(
    DynamoCalls calls, TimelineItems items, EventPacker packer, TimelinePages pages, TimelineEnd end, AwsOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Reads what others have appended.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!end.IsKnown)
        {
            await LoadAsync(cancellationToken);
        }

        for (long? page = null; page != TimelineItems.PageOf(end.Sequence + 1);)
        {
            page = TimelineItems.PageOf(end.Sequence + 1);
            end.Advance(await pages.ReadAsync(page.Value, end.Sequence, cancellationToken));
        }
    }

    /// <summary>Appends an event that belongs to no record.</summary>
    public async Task<TimelineEntry> AppendAsync(PackedEvent packed, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await KnowEndAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return await AppendToEndAsync(packed);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Changes an item together with its event, and moves the event into the timeline.</summary>
    /// <param name="key">The item.</param>
    /// <param name="packed">The event.</param>
    /// <param name="change">The conditional change that puts the outbox into the item.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    public async Task<Commit> CommitAsync(ItemKey key, PackedEvent packed, Func<Outbox, ItemUpdate> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        var written = false;
        try
        {
            await KnowEndAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var box = Outbox.Of(packed, end.Sequence + 1);
            var write = await calls.UpdateAsync(change(box).ToUpdate(key), key);
            written = write.Written || Book.Of(write.Current)?.Change == packed.Id;
            if (!written)
            {
                return new(null, write.Current);
            }

            // If the first answer was lost, the change was written although its repetition was refused.
            return new(await MoveInTurnAsync(key, box, packed) ?? await AppendToEndAsync(packed), null);
        }
        catch (StoreUnavailableException problem) when (written)
        {
            throw new StoreUnavailableException($"The change is written, its event follows by itself. {problem.Message}", problem);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Moves an event out of an item into the timeline, unless somebody else has.</summary>
    public async Task MoveAsync(SeenBox seen)
    {
        var (key, box, _, isOwn) = seen;
        PackedEvent packed;
        try
        {
            packed = await packer.UnpackAsync(box.EventId, box.Json, box.Parts);
        }
        catch (FormatException exception)
        {
            throw pages.Damaged(exception);
        }

        await _turn.WaitAsync();
        try
        {
            await KnowEndAsync(CancellationToken.None);
            if (await MoveInTurnAsync(key, box, packed) is null && isOwn)
            {
                await AppendToEndAsync(packed);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var newest = await pages.NewestSummaryAsync(cancellationToken);
        for (var page = Math.Max(0, newest); page >= 0; page--)
        {
            var links = await pages.ReadAsync(page, after: 0, cancellationToken);
            if (links.Count > 0 || page == 0)
            {
                end.Advance(links);
                return;
            }
        }
    }

    private Task KnowEndAsync(CancellationToken cancellationToken) => end.IsKnown ? Task.CompletedTask : RefreshAsync(cancellationToken);

    private async Task<TimelineEntry> AppendToEndAsync(PackedEvent packed)
    {
        while (true)
        {
            // The place must be behind the very entries among which the event was not found: then two who append it at once append it once.
            var window = end.Window;
            if (window.FindLast(link => link.EventId == packed.Id) is { } written)
            {
                // Another console was first, or the first answer was lost.
                return written.Entry;
            }

            var place = (window is [.., var last] ? last.Entry.Sequence : 0) + 1;
            if (await PutAsync(packed, place) is { } entry)
            {
                return entry;
            }

            await RefreshPastAsync(place);
        }
    }

    /// <summary>Moves an event; <see langword="null"/> if it is neither in the item nor in the timeline: the item was replaced from outside.</summary>
    private async Task<TimelineEntry?> MoveInTurnAsync(ItemKey key, Outbox box, PackedEvent packed)
    {
        while (true)
        {
            if (box.Place > end.Sequence)
            {
                await RefreshAsync(CancellationToken.None);
            }

            if (box.Place == end.Sequence + 1)
            {
                if (await PutAsync(packed, box.Place) is { } entry)
                {
                    return entry;
                }

                await RefreshPastAsync(box.Place);
            }

            if (await FindAsync(box.Place, packed.Id) is { } moved)
            {
                return moved;
            }

            // The place is taken for good by another event, so nobody can move this one there any more.
            var next = end.Sequence + 1;
            var (written, current) = await calls.UpdateAsync(box.ToPlace(key, next), key);
            if (written)
            {
                box = box with { Place = next };
            }
            else if (Book.Of(current)?.Box is { } other && other.EventId == box.EventId)
            {
                box = other;
            }
            else
            {
                await RefreshAsync(CancellationToken.None);
                return await SearchAsync(box.Place, packed.Id);
            }
        }
    }

    private async Task<TimelineEntry?> PutAsync(PackedEvent packed, long place)
    {
        var previous = end.Window is [.., var last] ? last.Entry.Hash : HashChain.Genesis;
        var entry = HashChain.Append(packed.Event, time.GetUtcNow(), place - 1, previous);
        var key = items.KeyOf(place);
        var (written, _) = await calls.PutAsync(
            new()
            {
                TableName = key.Table,
                Item = items.Write(entry, packed),
                ConditionExpression = $"attribute_not_exists({RecordsTable.Partition})",
            },
            key);
        if (!written)
        {
            return null;
        }

        end.Advance([new(entry, packed.Id)]);
        if (TimelineItems.IsLastOfPage(place))
        {
            var page = TimelineItems.PageOf(place);
            await pages.SummariseAsync(page, await pages.GetAsync(page, CancellationToken.None));
        }

        return entry;
    }

    private async Task RefreshPastAsync(long place)
    {
        await RefreshAsync(CancellationToken.None);
        if (end.Sequence < place)
        {
            throw new StoreUnavailableException(string.Create(
                CultureInfo.InvariantCulture,
                $"Entry {place} of the timeline in table {options.RecordsTable} is there and cannot be read. Verify the timeline; restore the table to a point in time before."));
        }
    }

    /// <summary>The entry at a place, if it is this event.</summary>
    private async Task<TimelineEntry?> FindAsync(long place, string eventId)
    {
        if (place == Outbox.NoPlace || place > end.Sequence)
        {
            return null;
        }

        var link = end.At(place);
        if (link is null && await calls.GetAsync(items.KeyOf(place)) is { } item)
        {
            link = await ReadAsync(item);
        }

        return link?.EventId == eventId ? link.Entry : null;
    }

    /// <summary>Looks for an event behind a place, the newest pages first: what is looked for happened lately.</summary>
    private async Task<TimelineEntry?> SearchAsync(long place, string eventId)
    {
        var first = TimelineItems.PageOf(Math.Max(1, place));
        for (var page = TimelineItems.PageOf(Math.Max(1, end.Sequence)); page >= first; page--)
        {
            foreach (var link in await pages.GetAsync(page, CancellationToken.None))
            {
                if (link.EventId == eventId)
                {
                    return link.Entry;
                }
            }
        }

        return null;
    }

    private async Task<Link> ReadAsync(Item item)
    {
        try
        {
            return await items.ReadAsync(item, CancellationToken.None);
        }
        catch (FormatException exception)
        {
            throw pages.Damaged(exception);
        }
    }
}
