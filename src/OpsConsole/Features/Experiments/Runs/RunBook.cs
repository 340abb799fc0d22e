using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// The runs that are not over yet and the safety lever, as they are now. A change holds at once, for everybody; it is on disk when
/// <see cref="RecordAsync"/> is done, or in the journal if the store is gone, and then follows when the store is back.
/// </summary>
internal sealed partial class RunBook(
    IRecordStore store, IHaltJournal journal, RunFeed feed, Leadership leadership, TimeProvider time, ILogger<RunBook> logger)
{
    private const int MaxRecent = 20;
    private const int MaxAttempts = 5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Actor, string Experiment, string Token), string> _tokens = [];
    private ImmutableList<Run> _recent = [];
    private SafetyLever _lever = SafetyLever.Disengaged;
    private long _leverRevision;

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

    /// <summary>A run that is not over, or whose end is not on disk yet: what the store says of it may be old.</summary>
    public Run? FindLive(string id)
    {
        lock (_lock)
        {
            return _entries.GetValueOrDefault(id)?.Run;
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
    public void Load(IEnumerable<Stored<Run>> runs, Stored<SafetyLever>? lever)
    {
        lock (_lock)
        {
            foreach (var stored in runs)
            {
                Remember(stored.Value);
                if (!stored.Value.IsOver)
                {
                    _entries.TryAdd(stored.Id, new Entry(stored));
                }
                else
                {
                    _recent = _recent.RemoveAll(run => run.Id == stored.Id).Add(stored.Value);
                }
            }

            _recent = [.. _recent.OrderByDescending(run => run.Id, StringComparer.Ordinal).Take(MaxRecent)];
            _lever = _lever.Engaged ? _lever : lever?.Value ?? _lever;
            _leverRevision = lever?.Revision ?? 0;
            IsLoaded = true;
            Publish();
        }
    }

    /// <summary>Takes in what another replica may have written.</summary>
    /// <param name="stored">The run as it is on disk.</param>
    /// <param name="anew">What this replica knows beyond the disk counts no more, but for halts: it has ceased to lead.</param>
    public void Take(Stored<Run> stored, bool anew = false)
    {
        lock (_lock)
        {
            Remember(stored.Value);
            if (!_entries.TryGetValue(stored.Id, out var entry))
            {
                if (stored.Value.IsOver)
                {
                    _recent = [.. _recent.RemoveAll(run => run.Id == stored.Id).Add(stored.Value).OrderByDescending(run => run.Id, StringComparer.Ordinal).Take(MaxRecent)];
                }
                else
                {
                    _entries.Add(stored.Id, new Entry(stored));
                }
            }
            else if (stored.Value.IsOver)
            {
                TakeOver(stored.Id, entry, stored.Value);
            }
            else if (anew || stored.Revision > entry.Revision)
            {
                entry.Run = RunMerge.Join(anew ? entry.Run with { Term = -1 } : entry.Run, stored.Value);
                entry.Revision = stored.Revision;
                entry.Late &= !anew || entry.Run.HaltRequestedAt != stored.Value.HaltRequestedAt;
            }
            else
            {
                return;
            }

            Publish();
        }
    }

    /// <summary>Takes in a run that another replica has launched so lately that it was not heard of here. Never throws.</summary>
    /// <returns>Why nobody can say whether there is such a run, if the store does not tell.</returns>
    public async Task<string?> TryTakeInAsync(string id)
    {
        try
        {
            if (await store.GetAsync(ExperimentRecords.Runs, id).AsTask().WaitAsync(Patience, time) is { } stored)
            {
                Take(stored);
            }

            return null;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            var problem = exception is TimeoutException ? "The store did not answer in time." : exception.Message;
            LogUnread(logger, id, problem);
            return problem;
        }
    }

    /// <summary>Shows a run as the leader has it in hand; what is on disk may be a step behind.</summary>
    public void Follow(Run live)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(live.Id, out var entry))
            {
                entry.Run = RunMerge.Follow(live, entry.Run);
                Publish();
            }
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

            // It may have been heard of already, from the leader who has just taken it up.
            var mayGoOn = run.Experiment.CanLaunch(Snapshot(except: run.Id), out _);
            _entries.TryAdd(run.Id, new Entry(saved.Record));
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
            if (RunEvents.ToldBy(change.Kind) > HaltTold.Halted && entry.Run is { HaltRequestedAt: not null, HaltTold: HaltTold.Nothing })
            {
                // It was halted at another replica, which has not written so yet; the timeline is to say first what came first.
                await SaveOrKeepAsync(id, entry, entry.Run.Halting());
            }

            await SaveOrKeepAsync(id, entry, change);
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
            var leads = leadership.IsLeader;
            late = [.. _entries.Where(pair => pair.Value.Late && (leads || pair.Value.Run.State == RunState.Halting))];
        }

        foreach (var (id, entry) in late)
        {
            await entry.Gate.WaitAsync();
            try
            {
                var change = (entry.Run.IsOver
                    ? entry.Run.Closing()
                    : entry.Run.Event(
                        Actors.Console,
                        entry.Run.State == RunState.Halting ? TimelineKinds.RunHalting : TimelineKinds.RunRecovering,
                        entry.Run.Phases[^1].Why)).With("recordedLate", "true");
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

    /// <summary>Moves the lever as another replica has written it.</summary>
    public void TakeLever(Stored<SafetyLever> stored)
    {
        lock (_lock)
        {
            if (stored.Revision > _leverRevision)
            {
                _leverRevision = stored.Revision;
                _lever = stored.Value;
                Publish();
            }
        }
    }

    private async Task SaveOrKeepAsync(string id, Entry entry, TimelineEvent change)
    {
        if (RunEvents.IsLeadersOwn(change.Kind) && !leadership.IsLeader)
        {
            // What a leader finds when it has been away is for the leader of now to say; if there is none, it follows later.
            entry.Late = true;
        }
        else if (!await TrySaveAsync(id, entry, change))
        {
            entry.Late = true;
            await journal.WriteAsync(change);
            NoteTold(entry, change);
        }
    }

    private async Task<bool> TrySaveAsync(string id, Entry entry, TimelineEvent change)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (entry.Run.IsTold(change.Kind))
                {
                    return true;
                }

                var run = Signed(entry);
                var outcome = await store.SaveAsync(ExperimentRecords.Runs, id, run.Telling(change), entry.Revision, change).AsTask().WaitAsync(Patience, time);
                if (outcome is SaveOutcome<Run>.Saved saved)
                {
                    entry.Revision = saved.Record.Revision;
                    NoteTold(entry, change);
                    Forget(id, run);
                    return true;
                }

                var theirs = ((SaveOutcome<Run>.Conflict)outcome).Current;
                if (theirs is { Value.IsOver: true })
                {
                    LogClosedElsewhere(logger, id, theirs.Value.State);
                    TakeOver(id, entry, theirs.Value);
                    if (!theirs.Value.IsTold(change.Kind) && !IsFenced(run, theirs.Value, change))
                    {
                        await journal.WriteAsync(change);
                    }

                    return true;
                }

                entry.Revision = theirs?.Revision ?? 0;
                if (theirs is not null)
                {
                    Join(entry, theirs.Value);
                    if (IsFenced(run, theirs.Value, change))
                    {
                        LogFenced(logger, id, change.Kind, run.Term, theirs.Value.Term);
                        return true;
                    }
                }
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

    private void NoteTold(Entry entry, TimelineEvent change)
    {
        lock (_lock)
        {
            entry.Run = entry.Run.Telling(change);
        }
    }

    /// <summary>The run with the term of the leader that writes it.</summary>
    private Run Signed(Entry entry)
    {
        lock (_lock)
        {
            if (leadership.Term is var term && term > entry.Run.Term)
            {
                entry.Run = entry.Run with { Term = term };
            }

            return entry.Run;
        }
    }

    private void Join(Entry entry, Run theirs)
    {
        lock (_lock)
        {
            entry.Run = RunMerge.Join(entry.Run, theirs);
            Publish();
        }
    }

    /// <summary>Whether a newer leader has the run in hand, so that what an older one has to say counts no more.</summary>
    private static bool IsFenced(Run mine, Run theirs, TimelineEvent change) => theirs.Term > mine.Term && RunEvents.IsLeadersOwn(change.Kind);

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

    private RunSnapshot Snapshot(string? except = null) => new(
        [.. _entries.Values.Select(entry => entry.Run).Where(run => !run.IsOver && run.Id != except).OrderBy(run => run.Id, StringComparer.Ordinal)], _recent, _lever);

    private void Publish() => feed.Publish(Snapshot());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} could not be written and follows later: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string run, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether there is a run {Run} could not be read: {Problem}")]
    private static partial void LogUnread(ILogger logger, string run, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is written by somebody else at the same time")]
    private static partial void LogOverwritten(ILogger logger, string run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} of run {Run} is not written: term {Term} is over, the leader of term {Newer} has the run in hand")]
    private static partial void LogFenced(ILogger logger, string run, string kind, long term, long newer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was closed as {State} by another console on the same store")]
    private static partial void LogClosedElsewhere(ILogger logger, string run, RunState state);

    private sealed class Entry(Stored<Run> stored)
    {
        public Run Run { get; set; } = stored.Value;

        /// <summary>Of what is on disk, as last seen.</summary>
        public long Revision { get; set; } = stored.Revision;

        public bool Late { get; set; }

        public SemaphoreSlim Gate { get; } = new(1, 1);
    }
}
