using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// The runs that are not over yet and the safety lever, as they are now. A change holds at once, for everybody; it is on disk when
/// <see cref="RecordAsync"/> is done, or in the journal if the store is gone, and then follows when the store is back.
/// </summary>
internal sealed partial class RunBook(
    IRecordStore store, IHaltJournal journal, RunFeed feed, TimeProvider time, ILogger<RunBook> logger)
{
    private const int MaxRecent = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Actor, string Experiment, string Token), string> _tokens = [];
    private ImmutableList<Run> _recent = [];
    private SafetyLever _lever = SafetyLever.Disengaged;

    /// <summary>How long a write may take before it counts as failed.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    public RunSnapshot Now => feed.Current;

    /// <summary>Whether what is on disk was taken over; before that nothing may start.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>A run that is not over, or whose end is not on disk yet, or that ended lately.</summary>
    public Run? Find(string id)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(id, out var entry) ? entry.Run : _recent.Find(run => run.Id == id);
        }
    }

    /// <summary>The run that a client launched before under the same token.</summary>
    public string? FindByToken(string actor, string experiment, string? token)
    {
        lock (_lock)
        {
            return token is null ? null : _tokens.GetValueOrDefault((actor, experiment, token));
        }
    }

    /// <summary>Takes over what is on disk.</summary>
    public void Load(IEnumerable<Stored<Run>> runs, SafetyLever? lever)
    {
        lock (_lock)
        {
            foreach (var stored in runs)
            {
                Remember(stored.Value);
                if (!stored.Value.IsOver)
                {
                    _entries.TryAdd(stored.Id, new Entry(stored.Value) { Revision = stored.Revision });
                }
                else
                {
                    _recent = _recent.RemoveAll(run => run.Id == stored.Id).Add(stored.Value);
                }
            }

            _recent = [.. _recent.OrderByDescending(run => run.Id, StringComparer.Ordinal).Take(MaxRecent)];
            _lever = _lever.Engaged ? _lever : lever ?? _lever;
            IsLoaded = true;
            Publish();
        }
    }

    /// <summary>Writes a new run and its event, and enters it if it is still to be carried out.</summary>
    /// <returns><see langword="false"/> if the lever was engaged, or another run entered, meanwhile: then the run must not go on.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    public async Task<bool> CreateAsync(Run run, TimelineEvent change, CancellationToken cancellationToken)
    {
        if (await store.SaveAsync(ExperimentRecords.Runs, run.Id, run, 0, change, cancellationToken) is not SaveOutcome<Run>.Saved saved)
        {
            throw new InvalidOperationException($"There is a run {run.Id} already.");
        }

        lock (_lock)
        {
            if (run.IsOver)
            {
                _recent = [.. _recent.Insert(0, run).Take(MaxRecent)];
                Publish();
                return true;
            }

            var mayGoOn = run.Experiment.CanLaunch(Snapshot(), out _);
            _entries.Add(run.Id, new Entry(run) { Revision = saved.Record.Revision });
            Remember(run);
            Publish();
            return mayGoOn;
        }
    }

    /// <summary>Changes a run, for everybody at once.</summary>
    /// <param name="id">The run.</param>
    /// <param name="change">The run as it shall be; <see langword="null"/> to leave it as it is.</param>
    /// <returns>The run as it is now, or <see langword="null"/> if nothing was changed.</returns>
    public Run? Change(string id, Func<Run, Run?> change)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry) || entry.Run.IsOver || change(entry.Run) is not { } changed)
            {
                return null;
            }

            entry.Run = changed;
            if (changed.IsOver)
            {
                _recent = [.. _recent.Insert(0, changed).Take(MaxRecent)];
            }

            Publish();
            return changed;
        }
    }

    /// <summary>Writes a run as it is now, together with an event. Never throws: without a store the event goes to the journal.</summary>
    public async Task RecordAsync(string id, TimelineEvent change)
    {
        Entry? entry;
        lock (_lock)
        {
            entry = _entries.GetValueOrDefault(id);
        }

        if (entry is null)
        {
            await journal.WriteAsync(change);
            return;
        }

        await entry.Gate.WaitAsync();
        try
        {
            if (!await TrySaveAsync(id, entry, change))
            {
                entry.Late = true;
                await journal.WriteAsync(change);
            }
        }
        finally
        {
            entry.Gate.Release();
        }
    }

    /// <summary>Writes what could not be written when it happened.</summary>
    public async Task CatchUpAsync()
    {
        List<KeyValuePair<string, Entry>> late;
        lock (_lock)
        {
            late = [.. _entries.Where(pair => pair.Value.Late)];
        }

        foreach (var (id, entry) in late)
        {
            await entry.Gate.WaitAsync();
            try
            {
                var change = (entry.Run.IsOver
                    ? entry.Run.Closing()
                    : entry.Run.Event(Actors.Console, TimelineKinds.RunRecovering, entry.Run.Phases[^1].Why)).With("recordedLate", "true");
                entry.Late = !await TrySaveAsync(id, entry, change);
            }
            finally
            {
                entry.Gate.Release();
            }
        }
    }

    /// <summary>Shows a run that is over as it now is on disk.</summary>
    public void Refresh(Run over)
    {
        lock (_lock)
        {
            _recent = [.. _recent.Select(run => run.Id == over.Id ? over : run)];
            Publish();
        }
    }

    public void MoveLever(SafetyLever lever)
    {
        lock (_lock)
        {
            _lever = lever;
            Publish();
        }
    }

    private async Task<bool> TrySaveAsync(string id, Entry entry, TimelineEvent change)
    {
        try
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                var run = entry.Run;
                var outcome = await store.SaveAsync(ExperimentRecords.Runs, id, run, entry.Revision, change).AsTask().WaitAsync(Patience, time);
                if (outcome is SaveOutcome<Run>.Saved saved)
                {
                    entry.Revision = saved.Record.Revision;
                    Forget(id, run);
                    return true;
                }

                var theirs = ((SaveOutcome<Run>.Conflict)outcome).Current;
                if (theirs is { Value.IsOver: true })
                {
                    LogClosedElsewhere(logger, id, theirs.Value.State);
                    TakeOver(id, entry, theirs.Value);
                    await journal.WriteAsync(change);
                    return true;
                }

                entry.Revision = theirs?.Revision ?? 0;
            }

            LogOverwritten(logger, id);
        }
        catch (StoreUnavailableException exception)
        {
            LogUnwritten(logger, id, exception.Message);
        }
        catch (TimeoutException)
        {
            LogUnwritten(logger, id, "The store did not answer in time.");
        }

        return false;
    }

    /// <summary>Another console on the same store has closed the run: what is over stays as it ended.</summary>
    private void TakeOver(string id, Entry entry, Run over)
    {
        lock (_lock)
        {
            entry.Run = over;
            _entries.Remove(id);
            _recent = [.. _recent.RemoveAll(run => run.Id == id).Insert(0, over).Take(MaxRecent)];
            Publish();
        }
    }

    private void Forget(string id, Run saved)
    {
        lock (_lock)
        {
            if (saved.IsOver && ReferenceEquals(_entries.GetValueOrDefault(id)?.Run, saved))
            {
                _entries.Remove(id);
            }
        }
    }

    private void Remember(Run run)
    {
        if (run.ClientToken is { } token && run.State != RunState.Refused)
        {
            _tokens[(run.RequestedBy, run.Experiment.Id, token)] = run.Id;
        }
    }

    private RunSnapshot Snapshot() => new(
        [.. _entries.Values.Select(entry => entry.Run).Where(run => !run.IsOver).OrderBy(run => run.Id, StringComparer.Ordinal)], _recent, _lever);

    private void Publish() => feed.Publish(Snapshot());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} could not be written and follows later: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string run, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is written by somebody else at the same time")]
    private static partial void LogOverwritten(ILogger logger, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was closed as {State} by another console on the same store")]
    private static partial void LogClosedElsewhere(ILogger logger, string run, RunState state);

    private sealed class Entry(Run run)
    {
        public Run Run { get; set; } = run;

        public long Revision { get; set; }

        public bool Late { get; set; }

        public SemaphoreSlim Gate { get; } = new(1, 1);
    }
}
