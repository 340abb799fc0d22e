using System.Collections.Immutable;
using System.Text.Json;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>Records, timeline and journal in memory; written as JSON, so that what cannot be read back is seen.</summary>
internal sealed class MemoryStore(TimeProvider time) : IRecordStore, ITimeline, IHaltJournal, IIntentJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Id), (long Revision, string Json)> _records = [];
    private readonly List<TimelineEntry> _entries = [];
    private readonly List<TimelineEvent> _journal = [];

    /// <summary>Set: every read and write fails with this sentence.</summary>
    public string? Problem { get; set; }

    /// <summary>Set: only writes fail, and the journal keeps what is given to it.</summary>
    public bool Unwritable { get; set; }

    /// <summary>Set: every write blocks the thread that makes it until this is set, as a disk does that hangs.</summary>
    public ManualResetEventSlim? Blocks { get; set; }

    /// <summary>Set: a record is read when this is done, as from a store over a network.</summary>
    public Task Answers { get; set; } = Task.CompletedTask;

    /// <summary>The same records and entries, from now on apart.</summary>
    public MemoryStore Copy()
    {
        lock (_lock)
        {
            var copy = new MemoryStore(time);
            foreach (var (key, record) in _records)
            {
                copy._records.Add(key, record);
            }

            copy._entries.AddRange(_entries);
            copy.Kept = Kept;
            return copy;
        }
    }

    public int Waiting => _journal.Count;

    public IReadOnlyList<TimelineEvent> Journal => _journal;

    public ImmutableDictionary<string, KeptIntent> Kept { get; private set; } =
        ImmutableDictionary.Create<string, KeptIntent>(StringComparer.Ordinal);

    public KeptIntent Keep(TimelineEvent intent)
    {
        var kept = new KeptIntent(intent, time.GetUtcNow(), JournalPlace.Journal);
        Kept = Kept.SetItem(intent.Subject, kept);
        return kept;
    }

    public void Forget(string subject) => Kept = Kept.Remove(subject);

    public IReadOnlyList<TimelineEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    public IEnumerable<string> KindsOf(string subject) => Entries.Where(entry => entry.Subject == subject).Select(entry => entry.Kind);

    public async ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class
    {
        ThrowIfDown(writing: false);
        await Answers.WaitAsync(cancellationToken);
        lock (_lock)
        {
            return _records.TryGetValue((kind.Name, id), out var record) ? Read(kind, id, record) : null;
        }
    }

    public ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class
    {
        ThrowIfDown(writing: false);
        lock (_lock)
        {
            return new([
                .. _records.Where(record => record.Key.Kind == kind.Name)
                    .OrderBy(record => record.Key.Id, StringComparer.Ordinal)
                    .Select(record => Read(kind, record.Key.Id, record.Value)),
            ]);
        }
    }

    public ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        ThrowIfDown(writing: true);
        lock (_lock)
        {
            var current = _records.GetValueOrDefault((kind.Name, id));
            if (current.Revision != expectedRevision)
            {
                return new(new SaveOutcome<T>.Conflict(current.Revision == 0 ? null : Read(kind, id, current)));
            }

            var record = (expectedRevision + 1, JsonSerializer.Serialize(value, kind.Json));
            _records[(kind.Name, id)] = record;
            return new(new SaveOutcome<T>.Saved(Read(kind, id, record), Append(change)));
        }
    }

    public ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        ThrowIfDown(writing: true);
        lock (_lock)
        {
            var current = _records.GetValueOrDefault((kind.Name, id));
            if (current.Revision == 0 || current.Revision != expectedRevision)
            {
                return new(new SaveOutcome<T>.Conflict(current.Revision == 0 ? null : Read(kind, id, current)));
            }

            _records.Remove((kind.Name, id));
            return new(new SaveOutcome<T>.Saved(Read(kind, id, current), Append(change)));
        }
    }

    public ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default)
    {
        ThrowIfDown(writing: true);
        lock (_lock)
        {
            return new(Append(@event));
        }
    }

    public ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default) =>
        new([.. Entries.Where(entry => query.Subject is null || entry.Subject == query.Subject).Take(query.Limit)]);

    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default) => new(new ChainVerification(true, _entries.Count, null, null));

    public ValueTask<JournalPlace> WriteAsync(TimelineEvent @event)
    {
        lock (_lock)
        {
            if (Problem is not null || Unwritable)
            {
                _journal.Add(@event);
                return new(JournalPlace.Journal);
            }

            Append(@event);
            return new(JournalPlace.Timeline);
        }
    }

    private static Stored<T> Read<T>(RecordKind<T> kind, string id, (long Revision, string Json) record)
        where T : class => new(id, record.Revision, JsonSerializer.Deserialize(record.Json, kind.Json)!);

    private TimelineEntry Append(TimelineEvent @event)
    {
        var entry = HashChain.Append(
            @event, time.GetUtcNow(), _entries.Count, _entries.Count == 0 ? HashChain.Genesis : _entries[^1].Hash);
        _entries.Add(entry);
        return entry;
    }

    private void ThrowIfDown(bool writing)
    {
        if (writing)
        {
            Blocks?.Wait(CancellationToken.None);
        }

        if (Problem is not null)
        {
            throw new StoreUnavailableException(Problem);
        }

        if (writing && Unwritable)
        {
            throw new StoreUnavailableException("The disk is full. Free some space.");
        }
    }
}
