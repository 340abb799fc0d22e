using System.Collections.Immutable;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Flags;

/// <summary>The flags of the store in memory, so that deciding never waits for the store.</summary>
internal sealed class FlagCatalog(IRecordStore store, IIntentJournal intents)
{
    private ImmutableSortedDictionary<string, Stored<Flag>> _flags =
        ImmutableSortedDictionary.Create<string, Stored<Flag>>(StringComparer.Ordinal);

    private ImmutableDictionary<string, PendingOff> _pending = PendingOff.From(intents);
    private readonly Lock _journal = new();
    private volatile bool _loaded;

    /// <summary>Whether the flags, and what the timeline says of them, were read.</summary>
    public bool Loaded => _loaded;

    public ImmutableSortedDictionary<string, Stored<Flag>> Flags => Volatile.Read(ref _flags);

    /// <summary>Flags that were turned OFF while the store could not be written, by this console or by one before it.</summary>
    public ImmutableDictionary<string, PendingOff> Pending => Volatile.Read(ref _pending);

    public Stored<Flag>? Find(string key) => Flags.GetValueOrDefault(key);

    /// <summary>Reads what other consoles on the same store may have changed.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read now; what is known stays.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var before = Flags;
        var listed = await store.ListAsync(FlagRecords.Flags, cancellationToken);
        foreach (var stored in listed)
        {
            Apply(stored);
        }

        // Only what was known before the list was read can be missing in it.
        foreach (var key in before.Keys.Except(listed.Select(stored => stored.Id), StringComparer.Ordinal))
        {
            ImmutableInterlocked.Update(ref _flags, static (flags, removed) => flags.Remove(removed), key);
        }
    }

    /// <summary>From now on the flags may be decided.</summary>
    public void Open() => _loaded = true;

    /// <summary>
    /// Takes over a flag, unless a newer revision of it is known. The console archives flags and never deletes them; where others may write as well,
    /// a flag can vanish, and can change without a new revision until the store can give it one.
    /// </summary>
    public void Apply(Stored<Flag> stored) => ImmutableInterlocked.Update(
        ref _flags,
        static (flags, added) =>
            flags.TryGetValue(added.Id, out var known)
            && (known.Revision > added.Revision || (known.Revision == added.Revision && known.Value.IsSameAs(added.Value)))
                ? flags
                : flags.SetItem(added.Id, added),
        stored);

    /// <summary>Serves a flag OFF from now on. Who turned it off first stays.</summary>
    public PendingOff Hold(string key, PendingOff off) => ImmutableInterlocked.GetOrAdd(ref _pending, key, off);

    /// <summary>Keeps a flag that is held OFF over a restart too, if the disk allows it.</summary>
    /// <returns>Where it is kept now.</returns>
    public PendingOff Keep(string key, PendingOff off)
    {
        // Whoever turns it off and whoever tries to write it may come here at once; and meanwhile the store may have taken it.
        lock (_journal)
        {
            if (Pending.GetValueOrDefault(key) is not { Place: JournalPlace.Memory } held)
            {
                return Pending.GetValueOrDefault(key, off);
            }

            var kept = held with { Place = intents.Keep(held.ToIntent(key)).Place };
            ImmutableInterlocked.TryUpdate(ref _pending, key, kept, held);
            return kept;
        }
    }

    /// <summary>The store has it now.</summary>
    public void Forget(string key)
    {
        lock (_journal)
        {
            ImmutableInterlocked.TryRemove(ref _pending, key, out _);
            intents.Forget(Subjects.Flag(key));
        }
    }
}
