using System.Collections.Immutable;
using OpsConsole.Core;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>What has gone ahead of the store, in a file beside it.</summary>
internal sealed class IntentJournal : IIntentJournal, IDisposable
{
    public const string FileName = "intent-journal.ndjson";

    private const int Room = 128 * 1024;

    private readonly TimeProvider _time;
    private readonly JournalQueue _queue;
    private readonly Lock _gate = new();
    private ImmutableDictionary<string, (KeptLine Line, KeptIntent Intent)> _kept =
        ImmutableDictionary.Create<string, (KeptLine, KeptIntent)>(StringComparer.Ordinal);

    public IntentJournal(DataDirectory directory, TimeProvider time, ILogger<IntentJournal> logger)
    {
        _time = time;
        _queue = new(directory.File(FileName), Room, logger);
        foreach (var line in _queue.Waiting)
        {
            Remember(line);
        }
    }

    public ImmutableDictionary<string, KeptIntent> Kept =>
        Volatile.Read(ref _kept).ToImmutableDictionary(static pair => pair.Key, static pair => pair.Value.Intent, StringComparer.Ordinal);

    public KeptIntent Keep(TimelineEvent intent)
    {
        lock (_gate)
        {
            // The new line is there before the old one goes: whenever the console dies, one of them is found.
            return Remember(_queue.Keep(JournalLine.Of(EventText.Storable(intent), _time.GetUtcNow()), attempt: null));
        }
    }

    public void Forget(string subject)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(subject, out var kept))
            {
                Volatile.Write(ref _kept, _kept.Remove(subject));
                _queue.Forget(kept.Line);
            }
        }
    }

    public void Dispose() => _queue.Dispose();

    private KeptIntent Remember(KeptLine line)
    {
        var subject = line.Line.Subject;
        if (_kept.TryGetValue(subject, out var older))
        {
            _queue.Forget(older.Line);
        }

        var intent = new KeptIntent(line.Line.ToEvent(), line.Line.JournaledAt, line.Place is null ? JournalPlace.Memory : JournalPlace.Journal);
        Volatile.Write(ref _kept, _kept.SetItem(subject, (line, intent)));
        return intent;
    }
}
