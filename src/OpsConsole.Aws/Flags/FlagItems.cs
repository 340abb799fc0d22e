using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Records;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Flags;

/// <summary>
/// Flags in a table of their own, into which others may write. What the console writes is kept in the item a second time: where the two differ,
/// somebody else wrote. That is taken over by a conditional write that gives it a revision and an event, so one console does it, once.
/// </summary>
internal sealed partial class FlagItems(
    DynamoCalls calls, EventPacker packer, OutboxMover mover, FlagRemovals removals, AwsOptions options, TimeProvider time, ILogger<FlagItems> logger)
    : RecordItems<Flag>
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a look at every flag takes over what others wrote; what is left is shown as it is and taken over by the next looks.</summary>
    private static readonly TimeSpan AdoptFor = TimeSpan.FromMilliseconds(500);

    private readonly FlagAttributes _attributes = new(options.FlagsService);
    private readonly ConcurrentDictionary<string, SeenFlag> _seen = new(StringComparer.Ordinal);
    private long _pausedUntil;

    public override ItemKey KeyOf(string id) =>
        new(options.FlagsTable, new(StringComparer.Ordinal) { [FlagAttributes.Name] = Attributes.Text(id) });

    public override string IdOf(Item item) => item.GetText(FlagAttributes.Name)!;

    public override IAsyncEnumerable<Item> ListAsync(CancellationToken cancellationToken) => calls.ScanAsync(options.FlagsTable, cancellationToken);

    public override Flag Read(string id, Item item) => _attributes.Read(id, item).Flag;

    public override Item? Write(ItemUpdate update, Item? read, Flag? value)
    {
        foreach (var name in FlagAttributes.Names)
        {
            update.Require(update.Path(name), read?.Get(name));
        }

        var stands = read ?? [];
        if (value is null)
        {
            update.Change(stands, [], FlagAttributes.Names);
            return null;
        }

        var before = read is null || Book.Of(read) is { IsDeleted: true } ? null : _attributes.Read(value.Key, read);
        if (before?.Problem is { } problem && value.Enabled)
        {
            throw new StoreUnavailableException($"Flag {value.Key} in table {options.FlagsTable} cannot be turned ON. {problem} Mend it in the table.");
        }

        var target = FlagAttributes.Merge(stands, before?.Flag, value);
        update.Change(stands, target, FlagAttributes.Names);
        return target;
    }

    public override void Saved(string id, long revision, Flag? value, string change)
    {
        if (value is null)
        {
            _seen.TryRemove(id, out _);
        }
        else
        {
            See(new SeenFlag(revision, change, value, Pending: null));
        }
    }

    public override async ValueTask<Item?> AdoptAsync(Item? item, CancellationToken cancellationToken)
    {
        while (item is not null && OutsideChange(item) is { } outside)
        {
            cancellationToken.ThrowIfCancellationRequested();
            item = await AdoptAsync(item, outside);
        }

        if (item is not null)
        {
            See(item);
        }

        return item;
    }

    public override async ValueTask<IReadOnlyList<Item>> TryAdoptAsync(IReadOnlyList<Item> read, bool all, CancellationToken cancellationToken)
    {
        var known = read.ToArray();
        var changed = Enumerable.Range(0, known.Length).ToLookup(index => OutsideChange(known[index]) is not null);
        foreach (var index in changed[false])
        {
            See(known[index]);
        }

        var start = time.GetTimestamp();
        await Parallel.ForEachAsync(
            changed[true].TakeWhile(_ => time.GetElapsedTime(start) < AdoptFor),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (index, token) => known[index] = await TryAdoptAsync(known[index], token) ?? known[index]);

        foreach (var item in known)
        {
            if (Book.Of(item) is { Box: { } box } book)
            {
                mover.Notice(new(KeyOf(IdOf(item)), box, book.IsDeleted));
            }
        }

        if (all)
        {
            await TakeOutAsync(known, cancellationToken);
        }

        return known;
    }

    /// <summary>What somebody else did to the flag; <see langword="null"/> if the console wrote it as it is.</summary>
    private Outside? OutsideChange(Item item)
    {
        var id = IdOf(item);
        var book = Book.Of(item);
        if (book is { IsDeleted: true })
        {
            return null;
        }

        var now = _attributes.Read(id, item);
        var seen = _seen.GetValueOrDefault(id);
        if (seen is not null && !(book?.Revision >= seen.Revision))
        {
            // The item was replaced as a whole, by one that knows nothing of the console or by an old copy.
            return new(book, seen.Flag, now, seen.Revision, seen.Pending);
        }

        var written = book?.Written is { } content ? _attributes.Read(id, content) : null;
        return written is not null && written.Flag.IsSameAs(now.Flag) && written.Problem == now.Problem
            ? null
            : new(book, written?.Flag, now, book?.Revision ?? 0, Lost: null);
    }

    private async Task<Item?> TryAdoptAsync(Item item, CancellationToken cancellationToken)
    {
        if (time.GetTimestamp() < Interlocked.Read(ref _pausedUntil))
        {
            return null;
        }

        try
        {
            return await AdoptAsync(item, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // It is shown as it is, under the revision that it has; it gets its event when that can be written.
            Interlocked.Exchange(ref _pausedUntil, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
            return null;
        }
    }

    private async Task<Item?> AdoptAsync(Item item, Outside outside)
    {
        var id = IdOf(item);
        var key = KeyOf(id);
        if (outside.Book is { Box: { } box })
        {
            await mover.MoveAsync(new(key, box, IsDeleted: false));
            return await calls.GetAsync(key);
        }

        await TellBeforeAsync(key, outside.Lost);
        var packed = await packer.PackAsync(
            FlagChanges.Outside(outside.Before, outside.Now.Flag, "Changed in the table, outside of the console.").With("problem", outside.Now.Problem));
        var content = FlagAttributes.Content(item);
        var adopted = new Book(outside.Revision + 1, packed.Id, Outbox.Of(packed, Outbox.NoPlace), IsDeleted: false, content);
        var update = new ItemUpdate();
        Book.RequireUnchanged(update, item);
        foreach (var name in FlagAttributes.Names)
        {
            update.Require(update.Path(name), item.Get(name));
        }

        update.Set(update.Path(Book.Name), adopted.Write());
        var (written, current) = await calls.UpdateAsync(update.ToUpdate(key), key);
        if (!written && Book.Of(current)?.Change != packed.Id)
        {
            return current;
        }

        mover.Enqueue(key, adopted.Box!);
        if (outside.Now.Problem is { } problem)
        {
            LogProblem(id, options.FlagsTable, problem);
        }

        var now = new Item(item, StringComparer.Ordinal) { [Book.Name] = adopted.Write() };
        See(now);
        return now;
    }

    private async Task TakeOutAsync(IReadOnlyList<Item> all, CancellationToken cancellationToken)
    {
        var there = all.Select(IdOf).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, seen) in _seen)
        {
            if (!there.Contains(id) && await calls.GetAsync(KeyOf(id), cancellationToken) is null && await TryTakeOutAsync(id, seen))
            {
                _seen.TryRemove(id, out _);
            }
        }
    }

    private async Task<bool> TryTakeOutAsync(string id, SeenFlag seen)
    {
        try
        {
            await TellBeforeAsync(KeyOf(id), seen.Pending);
            await removals.NoteAsync(id, seen);
            return true;
        }
        catch (StoreUnavailableException)
        {
            // The trouble is known by now; the next look at the table tries again.
            return false;
        }
    }

    /// <summary>
    /// The event that rode in an item is in the timeline before it is told that the item was replaced or removed, whichever console was about
    /// to move it: so the timeline tells what happened in its order.
    /// </summary>
    private Task TellBeforeAsync(ItemKey key, Outbox? pending) =>
        pending is null ? Task.CompletedTask : mover.MoveAsync(new(key, pending, IsDeleted: false, IsOwn: true));

    private void See(Item item)
    {
        if (Book.Of(item) is { IsDeleted: false } book)
        {
            See(new SeenFlag(book.Revision, book.Change, Read(IdOf(item), item), book.Box));
        }
    }

    private void See(SeenFlag now) => _seen.AddOrUpdate(
        now.Flag.Key, static (_, added) => added, static (_, known, added) => added.Revision >= known.Revision ? added : known, now);

    /// <summary>A change by somebody else.</summary>
    /// <param name="Book">What the console kept about the item.</param>
    /// <param name="Before">The flag before, if it was known.</param>
    /// <param name="Now">The flag now.</param>
    /// <param name="Revision">The revision before.</param>
    /// <param name="Lost">The event that rode in the item which was replaced, if it was not in the timeline yet when it was seen.</param>
    private sealed record Outside(Book? Book, Flag? Before, FlagReading Now, long Revision, Outbox? Lost);

    [LoggerMessage(LogLevel.Warning, "Flag {Flag} in table {Table}: {Problem}")]
    private partial void LogProblem(string flag, string table, string problem);
}

/// <summary>A flag as this console has last seen it.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Change">The name of its newest change.</param>
/// <param name="Flag">The flag.</param>
/// <param name="Pending">The event of its newest change, if it was not in the timeline yet.</param>
internal sealed record SeenFlag(long Revision, string Change, Flag Flag, Outbox? Pending);
