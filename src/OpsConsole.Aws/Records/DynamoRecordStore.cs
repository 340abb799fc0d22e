using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Flags;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Records;

/// <summary>
/// Records in DynamoDB. A change is one conditional write in which its event rides along, and is saved when the event is in the timeline.
/// </summary>
internal sealed class DynamoRecordStore(
    DynamoCalls calls, TimelineChain chain, EventPacker packer, OutboxMover mover, FlagItems flags, AwsOptions options) : IRecordStore
{
    public async ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class
    {
        var items = ItemsOf(kind);
        var item = await calls.GetAsync(items.KeyOf(id), cancellationToken);
        return item is null ? null : items.ReadRecord((await items.TryAdoptAsync([item], all: false, cancellationToken))[0]);
    }

    public async ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class
    {
        var items = ItemsOf(kind);
        var read = await items.ListAsync(cancellationToken).ToListAsync(cancellationToken);
        List<Stored<T>> records = [];
        foreach (var item in await items.TryAdoptAsync(read, all: true, cancellationToken))
        {
            if (items.ReadRecord(item) is { } record)
            {
                records.Add(record);
            }
        }

        // DynamoDB compares the bytes of UTF-8, .NET the units of UTF-16; they differ beyond the basic plane.
        records.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return records;
    }

    public async ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedRevision);
        return await ChangeAsync(ItemsOf(kind), id, value, expectedRevision, change, cancellationToken);
    }

    public async ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class => await ChangeAsync(ItemsOf(kind), id, value: null, expectedRevision, change, cancellationToken);

    private async Task<SaveOutcome<T>> ChangeAsync<T>(
        RecordItems<T> items, string id, T? value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken)
        where T : class
    {
        var key = items.KeyOf(id);
        var item = await calls.GetAsync(key, cancellationToken);
        PackedEvent? packed = null;
        while (true)
        {
            item = await items.AdoptAsync(item, cancellationToken);
            var current = items.ReadRecord(item);
            if ((current?.Revision ?? 0) != expectedRevision || (current is null && value is null))
            {
                return new SaveOutcome<T>.Conflict(current);
            }

            if (Book.Of(item) is { Box: { } box } book)
            {
                // The change on which this one rests is not in the timeline yet.
                await mover.MoveAsync(new(key, box, book.IsDeleted));
                item = await calls.GetAsync(key, cancellationToken);
                continue;
            }

            packed ??= await packer.PackAsync(change);
            var read = item;
            var (entry, found) = await chain.CommitAsync(
                key, packed, box => Change(items, read, value, expectedRevision, box), cancellationToken);
            if (entry is not null)
            {
                await mover.ClearAsync(new(key, Outbox.Of(packed, entry.Sequence), IsDeleted: value is null));
                items.Saved(id, expectedRevision + 1, value, packed.Id);
                return new SaveOutcome<T>.Saved(value is null ? current! : new(id, expectedRevision + 1, value), entry);
            }

            item = found;
        }
    }

    private static ItemUpdate Change<T>(RecordItems<T> items, Item? read, T? value, long revision, Outbox box)
        where T : class
    {
        var update = new ItemUpdate();
        Book.RequireUnchanged(update, read);
        var written = items.Write(update, read, value);
        update.Set(update.Path(Book.Name), new Book(revision + 1, box.EventId, box, IsDeleted: value is null, written).Write());
        if (items.IsIndexed)
        {
            update.Set(update.Path(RecordsTable.Pending), Attributes.Text(RecordsTable.Pending));
        }

        return update;
    }

    private RecordItems<T> ItemsOf<T>(RecordKind<T> kind)
        where T : class =>
        kind.Name == FlagRecords.Flags.Name && flags is RecordItems<T> known ? known : new JsonItems<T>(kind, options.RecordsTable, calls);
}
