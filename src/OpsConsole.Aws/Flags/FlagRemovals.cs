using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Flags;

/// <summary>
/// Flags that somebody removed from the table; the console never does. The event rides in an item of its own, which says what was removed, so
/// one console tells of it, once. The item expires.
/// </summary>
internal sealed class FlagRemovals(DynamoCalls calls, EventPacker packer, OutboxMover mover, AwsOptions options, TimeProvider time)
{
    private const string Removed = "removed";
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    /// <summary>Notes that a flag was removed.</summary>
    /// <exception cref="StoreUnavailableException">That cannot be written now.</exception>
    public async Task NoteAsync(string id, SeenFlag seen)
    {
        var key = RecordsTable.Key(options.RecordsTable, "removed#flags", id);
        var item = await calls.GetAsync(key);
        while (item?.GetText(Removed) != seen.Change)
        {
            item = await NoteAsync(key, item, seen);
        }
    }

    private async Task<Item?> NoteAsync(ItemKey key, Item? item, SeenFlag seen)
    {
        if (Book.Of(item) is { Box: { } box })
        {
            await mover.MoveAsync(new(key, box, IsDeleted: false));
            return await calls.GetAsync(key);
        }

        var packed = await packer.PackAsync(FlagChanges.Outside(seen.Flag, null, "Removed from the table, outside of the console."));
        var noted = new Book(seen.Revision, packed.Id, Outbox.Of(packed, Outbox.NoPlace), IsDeleted: false, Written: null);
        var update = new ItemUpdate();
        Book.RequireUnchanged(update, item);
        update.Set(update.Path(Book.Name), noted.Write());
        update.Set(update.Path(Removed), Attributes.Text(seen.Change));
        update.Set(update.Path(RecordsTable.Pending), Attributes.Text(RecordsTable.Pending));
        update.Set(update.Path(RecordsTable.Expires), Attributes.Number((time.GetUtcNow() + KeepFor).ToUnixTimeSeconds()));
        var (written, current) = await calls.UpdateAsync(update.ToUpdate(key), key);
        if (!written && Book.Of(current)?.Change != packed.Id)
        {
            return current;
        }

        mover.Enqueue(key, noted.Box!);
        return await calls.GetAsync(key);
    }
}
