using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>Moves the safety lever. Engaging fails open, like a halt; disengaging needs the store.</summary>
internal sealed partial class SafetyLevers(
    RunBook book, Halts halts, IRecordStore store, IHaltJournal journal, TimeProvider time, ILogger<SafetyLevers> logger)
{
    private bool _late;

    public SafetyLever Now => book.Now.Lever;

    /// <summary>Refuses every launch from now on, and halts everything.</summary>
    public async Task<HaltAllOutcome> EngageAsync(string actor, string reason)
    {
        var lever = new SafetyLever(true, actor, reason, time.GetUtcNow());
        book.MoveLever(lever);
        var outcome = await halts.HaltAllAsync(actor, $"Safety lever: {reason}");
        var change = Event(lever);
        if (!await TrySaveAsync(lever, change))
        {
            _late = true;
            await journal.WriteAsync(change);
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
                _late = false;
                book.MoveLever(lever);
                return;
            }
        }
    }

    /// <summary>Writes an engaged lever that could not be written when it was engaged.</summary>
    public async Task CatchUpAsync()
    {
        if (_late && Now is { Engaged: true } lever)
        {
            _late = !await TrySaveAsync(lever, Event(lever).With("recordedLate", "true"));
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engaged safety lever could not be written and follows later: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string problem);
}
