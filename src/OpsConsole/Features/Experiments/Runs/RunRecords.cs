using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Brings what is in the book to the disk, each change with its event. What cannot be written goes to the journal, and follows when the store is back.
/// </summary>
internal sealed partial class RunRecords(
    RunBook book, IRecordStore store, IHaltJournal journal, Leadership leadership, TimeProvider time, ILogger<RunRecords> logger)
{
    private const int MaxAttempts = 5;

    /// <summary>How long a write may take before it counts as failed.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Takes in a run that another replica has launched so lately that it was not heard of here. Never throws.</summary>
    /// <returns>Why nobody can say whether there is such a run, if the store does not tell.</returns>
    public async Task<string?> TryTakeInAsync(string id)
    {
        try
        {
            if (await store.GetAsync(ExperimentRecords.Runs, id).AsTask().WaitAsync(Patience, time) is { } stored)
            {
                book.Take(stored);
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

    /// <summary>Writes a new run and its event, and enters it if it is still to be carried out.</summary>
    /// <returns><see langword="false"/> if the lever was engaged, or another run entered, meanwhile: then the run must not go on.</returns>
    /// <exception cref="StoreUnavailableException">Nothing was written.</exception>
    public async Task<bool> CreateAsync(Run run, TimelineEvent change, CancellationToken cancellationToken) =>
        await store.SaveAsync(ExperimentRecords.Runs, run.Id, run, 0, change, cancellationToken) is SaveOutcome<Run>.Saved saved
            ? book.Enter(saved.Record)
            : throw new InvalidOperationException($"There is a run {run.Id} already.");

    /// <summary>Writes a run as it is now, together with an event. Never throws: without a store the event goes to the journal.</summary>
    public async Task RecordAsync(string id, TimelineEvent change)
    {
        if (book.Entry(id) is not { } entry)
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
        var leads = leadership.IsLeader;
        foreach (var (id, entry) in book.Late().Where(pair => leads || pair.Value.Run.State == RunState.Halting))
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

    private async Task SaveOrKeepAsync(string id, RunEntry entry, TimelineEvent change)
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
            book.NoteTold(entry, change);
        }
    }

    private async Task<bool> TrySaveAsync(string id, RunEntry entry, TimelineEvent change)
    {
        try
        {
            for (var attempt = 0; attempt < MaxAttempts; attempt++)
            {
                if (entry.Run.IsTold(change.Kind))
                {
                    return true;
                }

                var run = book.Signed(entry, leadership.Term);
                var outcome = await store.SaveAsync(ExperimentRecords.Runs, id, run.Telling(change), entry.Revision, change).AsTask().WaitAsync(Patience, time);
                if (outcome is SaveOutcome<Run>.Saved saved)
                {
                    entry.Revision = saved.Record.Revision;
                    book.NoteTold(entry, change);
                    book.Forget(id, run);
                    return true;
                }

                var theirs = ((SaveOutcome<Run>.Conflict)outcome).Current;
                if (theirs is { Value.IsOver: true })
                {
                    LogClosedElsewhere(logger, id, theirs.Value.State);
                    book.TakeOver(id, entry, theirs.Value);
                    if (!theirs.Value.IsTold(change.Kind) && !IsFenced(run, theirs.Value, change))
                    {
                        await journal.WriteAsync(change);
                    }

                    return true;
                }

                entry.Revision = theirs?.Revision ?? 0;
                if (theirs is not null)
                {
                    book.Join(entry, theirs.Value);
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

    /// <summary>Whether a newer leader has the run in hand, so that what an older one has to say counts no more.</summary>
    private static bool IsFenced(Run mine, Run theirs, TimelineEvent change) => theirs.Term > mine.Term && RunEvents.IsLeadersOwn(change.Kind);

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
}
