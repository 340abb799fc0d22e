using System.Globalization;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Moves the safety lever. Engaging fails open, like a halt; disengaging needs the store.</summary>
internal sealed partial class SafetyLevers(
    RunBook book, Halts halts, IRecordStore store, IIntentJournal intents, TimeProvider time, ILogger<SafetyLevers> logger)
{
    public SafetyLever Now => book.Now.Lever;

    /// <summary>Where the lever as it is now is kept.</summary>
    public JournalPlace Place => Kept is { } kept && Now.Engaged ? kept.Place : JournalPlace.Timeline;

    private KeptIntent? Kept => intents.Kept.GetValueOrDefault(Subjects.SafetyLever);

    /// <summary>Engages the lever if a console before this one engaged it and could not write it.</summary>
    public void Restore()
    {
        if (Kept is { } kept && !Now.Engaged)
        {
            book.MoveLever(new SafetyLever(true, kept.Intent.Actor, kept.Intent.Reason, kept.At));
        }
    }

    /// <summary>Takes in what another replica may have written; what is known stays if the store cannot be read.</summary>
    public async Task RefreshAsync()
    {
        try
        {
            var stored = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId).AsTask().WaitAsync(RunBook.Patience, time);
            if (stored is not null && Kept is null)
            {
                book.TakeLever(stored);
            }
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            LogUnread(logger, exception.Message);
        }
    }

    /// <summary>Refuses every launch from now on, and halts everything.</summary>
    public async Task<HaltAllOutcome> EngageAsync(string actor, string reason)
    {
        var lever = new SafetyLever(true, actor, reason, time.GetUtcNow());
        book.MoveLever(lever);
        var outcome = await halts.HaltAllAsync(actor, $"Safety lever: {reason}");
        if (await TrySaveAsync(lever, Event(lever)))
        {
            intents.Forget(Subjects.SafetyLever);
        }
        else
        {
            Task keeping = Task.Run(() => intents.Keep(Event(lever)));
            await keeping.WaitAsync(RunBook.Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return outcome;
    }

    /// <summary>Allows launches again.</summary>
    /// <exception cref="StoreUnavailableException">It stays engaged.</exception>
    public async Task DisengageAsync(string actor, string reason, CancellationToken cancellationToken)
    {
        var lever = new SafetyLever(false, actor, reason, time.GetUtcNow());
        while (true)
        {
            var stored = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, cancellationToken);
            if (await store.SaveAsync(
                    ExperimentRecords.Lever, ExperimentRecords.LeverId, lever, stored?.Revision ?? 0, Event(lever), cancellationToken)
                is SaveOutcome<SafetyLever>.Saved)
            {
                intents.Forget(Subjects.SafetyLever);
                book.MoveLever(lever);
                return;
            }
        }
    }

    /// <summary>Writes an engaged lever that could not be written when it was engaged.</summary>
    public async Task CatchUpAsync()
    {
        if (Kept is { } kept && Now is { Engaged: true } lever
            && await TrySaveAsync(lever, Event(lever).With("journaledAt", kept.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)))
            && Kept == kept)
        {
            intents.Forget(Subjects.SafetyLever);
        }
    }

    private static TimelineEvent Event(SafetyLever lever) => new()
    {
        Actor = lever.Actor,
        Kind = lever.Engaged ? TimelineKinds.LeverEngaged : TimelineKinds.LeverDisengaged,
        Subject = Subjects.SafetyLever,
        Reason = lever.Reason,
    };

    private async Task<bool> TrySaveAsync(SafetyLever lever, TimelineEvent change)
    {
        try
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var stored = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId).AsTask().WaitAsync(RunBook.Patience, time);
                var outcome = await store
                    .SaveAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, lever, stored?.Revision ?? 0, change)
                    .AsTask()
                    .WaitAsync(RunBook.Patience, time);
                if (outcome is SaveOutcome<SafetyLever>.Saved)
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is StoreUnavailableException or TimeoutException)
        {
            LogUnwritten(logger, exception.Message);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The safety lever could not be read; it is as it was last known: {Problem}")]
    private static partial void LogUnread(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engaged safety lever could not be written and follows later: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string problem);
}
