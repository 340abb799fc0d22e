using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Flags.Gates;

/// <summary>
/// Tells the timeline which flags were shed and restored. The decision never waits for it: what cannot be written now is kept and written
/// in order when it can be.
/// </summary>
/// <remarks>
/// Every replica decides, but the leader alone tells. A replica that begins to lead first reads what the timeline says, and then tells what is
/// otherwise now: so nothing is told twice, and nothing is left out that happened while nobody led.
/// </remarks>
internal sealed class ShedLog(ITimeline timeline, Leadership leadership, TimeProvider clock)
{
    private const int MostWaiting = 10_000;
    private const int MostRead = 1000;
    private const string Family = "flag.";
    private static readonly TimeSpan FirstEvidenceWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(1);

    private readonly Channel<TimelineEvent> _waiting = Channel.CreateBounded<TimelineEvent>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private readonly long _startedAt = clock.GetTimestamp();
    private ImmutableDictionary<string, PastShed> _past = ImmutableDictionary.Create<string, PastShed>(StringComparer.Ordinal);
    private ImmutableHashSet<string> _shed = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private long _read;
    private bool _loaded;
    private long _tellsInTerm;

    public PastShed? Past(string key) => _past.GetValueOrDefault(key);

    /// <summary>Reads which flags were shed when the console ended.</summary>
    /// <exception cref="StoreUnavailableException">The timeline cannot be read now.</exception>
    public async ValueTask LoadAsync(IEnumerable<Flag> flags, CancellationToken cancellationToken)
    {
        _read = await timeline.ReadAsync(new() { NewestFirst = true, Limit = 1 }, cancellationToken) is [var newest] ? newest.Sequence : 0;
        foreach (var flag in flags.Where(flag => flag is { Conditions: not null, Enabled: true, Archived: false }))
        {
            var shed = await NewestAsync(flag.Key, TimelineKinds.FlagShed, cancellationToken);
            if (shed is not null && shed.Sequence > ((await NewestAsync(flag.Key, TimelineKinds.FlagRestored, cancellationToken))?.Sequence ?? 0))
            {
                var resets = int.TryParse(shed.Data.GetValueOrDefault("latchResets"), CultureInfo.InvariantCulture, out var number) ? number : 0;
                _past = _past.SetItem(flag.Key, new(shed.Reason, shed.Data.ContainsKey("sign"), resets, shed.At));
                _shed = _shed.Add(flag.Key);
            }
        }

        _loaded = true;
    }

    /// <summary>Reads what another leader has told meanwhile, when this replica begins to lead.</summary>
    /// <exception cref="StoreUnavailableException">The timeline cannot be read now.</exception>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        if (_loaded && leadership.Term is > 0 and var term && term != _tellsInTerm)
        {
            while (await timeline.ReadAsync(new() { After = _read, Kind = Family, Limit = MostRead }, cancellationToken) is { Count: > 0 } told)
            {
                foreach (var entry in told)
                {
                    Take(entry);
                }

                _read = told[^1].Sequence;
            }

            Volatile.Write(ref _tellsInTerm, term);
        }
    }

    /// <summary>Notes what is shed now and was not before, and the other way round.</summary>
    public void Note(FlagSnapshot snapshot)
    {
        if (leadership.Term is var term && (term == 0 || term != Volatile.Read(ref _tellsInTerm)))
        {
            return;
        }

        foreach (var (key, view) in snapshot.Flags)
        {
            if (view.Flag is not { Enabled: true, Archived: false, Conditions: not null })
            {
                _shed = _shed.Remove(key);
            }
            else if (view.Shed != _shed.Contains(key) && !(view.Shed && IsStarting(view)))
            {
                _shed = view.Shed ? _shed.Add(key) : _shed.Remove(key);
                _waiting.Writer.TryWrite(view.Shed ? Shed(view) : Event(TimelineKinds.FlagRestored, view));
            }
        }
    }

    /// <summary>Writes until it is told to stop.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            // What could not be written while this replica led is told by the next leader, if it is still so.
            while (leadership.IsLeader && !await TryWriteAsync(change, cancellationToken))
            {
                await Task.Delay(RetryEvery, clock, cancellationToken);
            }
        }
    }

    private static TimelineEvent Shed(FlagView view)
    {
        var culprit = view.Margins.FirstOrDefault(margin => margin.Breached);
        return Event(TimelineKinds.FlagShed, view)
            .With("sign", culprit?.Sign.Info().Key)
            .With("value", culprit?.Value?.ToString(CultureInfo.InvariantCulture))
            .With("limit", culprit?.Limit.ToString(CultureInfo.InvariantCulture))
            .With("latchResets", view.Flag.LatchResets.ToString(CultureInfo.InvariantCulture));
    }

    private static TimelineEvent Event(string kind, FlagView view)
    {
        var culprit = view.Margins.FirstOrDefault(margin => margin.Breached);
        return FlagChanges.Event(kind, Actors.Gate, culprit is null ? Health(view.Why) : FlagLimits.Compare(culprit), view.Flag);
    }

    /// <summary>The part of the sentence that health has to say.</summary>
    private static string Health(string why) => why[(why.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? colon + 2 : 0)..];

    /// <summary>A console that has just started waits for the first evidence; that it does so is no news.</summary>
    private bool IsStarting(FlagView view) =>
        view.Margins.All(margin => margin.Value is null) && clock.GetElapsedTime(_startedAt) < FirstEvidenceWithin;

    private void Take(TimelineEntry entry)
    {
        var key = entry.Subject[Subjects.Flag("").Length..];
        _shed = entry.Kind switch
        {
            TimelineKinds.FlagShed => _shed.Add(key),
            TimelineKinds.FlagRestored => _shed.Remove(key),
            _ => _shed,
        };
    }

    private async ValueTask<bool> TryWriteAsync(TimelineEvent change, CancellationToken cancellationToken)
    {
        try
        {
            await timeline.AppendAsync(change, cancellationToken);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>The newest of what was there when reading began: a store need not be asked again for each flag whether there is more.</summary>
    private async ValueTask<TimelineEntry?> NewestAsync(string key, string kind, CancellationToken cancellationToken)
    {
        var query = new TimelineQuery { Subject = Subjects.Flag(key), Kind = kind, Before = _read + 1, NewestFirst = true, Limit = 1 };
        return await timeline.ReadAsync(query, cancellationToken) is [var newest, ..] ? newest : null;
    }
}
