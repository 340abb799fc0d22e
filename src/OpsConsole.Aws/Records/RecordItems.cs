using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Records;

/// <summary>How the records of a kind stand in a table.</summary>
/// <typeparam name="T">The record's type.</typeparam>
internal abstract class RecordItems<T>
    where T : class
{
    public abstract ItemKey KeyOf(string id);

    public abstract string IdOf(Item item);

    /// <summary>Every item of the kind, also of those that were deleted and whose event is not moved yet.</summary>
    public abstract IAsyncEnumerable<Item> ListAsync(CancellationToken cancellationToken);

    /// <summary>The record's content.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read.</exception>
    public abstract T Read(string id, Item item);

    /// <summary>Adds to the update what makes the item hold the value, and what must still be as it was read.</summary>
    /// <param name="update">The update.</param>
    /// <param name="read">The item as it was read.</param>
    /// <param name="value">The value; <see langword="null"/> to delete it.</param>
    /// <returns>The content as the console writes it, if others may write it, too.</returns>
    public abstract Item? Write(ItemUpdate update, Item? read, T? value);

    /// <summary>Whether the item is in the index of those whose event is not moved yet.</summary>
    public virtual bool IsIndexed => false;

    /// <summary>Takes over what others wrote into an item, so that it has a revision and an event; the item as it is then.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be taken over now.</exception>
    public virtual ValueTask<Item?> AdoptAsync(Item? item, CancellationToken cancellationToken) => ValueTask.FromResult(item);

    /// <summary>Takes over what others wrote, as far as that is possible now; the items as they are then.</summary>
    /// <param name="read">The items that were read.</param>
    /// <param name="all">Whether they are all that there are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual ValueTask<IReadOnlyList<Item>> TryAdoptAsync(IReadOnlyList<Item> read, bool all, CancellationToken cancellationToken) =>
        ValueTask.FromResult(read);

    /// <summary>Notes what this console has written.</summary>
    public virtual void Saved(string id, long revision, T? value, string change)
    {
    }

    /// <summary>The record in an item; <see langword="null"/> if it was deleted.</summary>
    public Stored<T>? ReadRecord(Item? item)
    {
        var book = Book.Of(item);
        if (item is null || book is { IsDeleted: true })
        {
            return null;
        }

        var id = IdOf(item);
        return new(id, book?.Revision ?? 0, Read(id, item));
    }
}
