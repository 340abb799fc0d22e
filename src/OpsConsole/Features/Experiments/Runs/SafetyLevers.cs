using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Moves the safety lever, and with it those that others can move as well. Engaging fails open, like a halt; disengaging needs the store, and every
/// second lever that is known to be engaged.
/// </summary>
internal sealed partial class SafetyLevers(
    RunBook book,
    Halts halts,
    IRecordStore store,
    IIntentJournal intents,
    TimeProvider time,
    ILogger<SafetyLevers> logger,
    IEnumerable<ISecondLever> seconds)
{
    private static readonly TimeSpan SecondPatience = TimeSpan.FromSeconds(3);

    private readonly ImmutableArray<ISecondLever> _seconds = [.. seconds];
    private ImmutableSortedDictionary<string, SecondLeverReading> _readings = ImmutableSortedDictionary.Create<string, SecondLeverReading>(StringComparer.Ordinal);
    private ImmutableDictionary<string, string?> _unmoved = ImmutableDictionary.Create<string, string?>(StringComparer.Ordinal);
    private int _moving;

    public SafetyLever Now => book.Now.Lever;

    /// <summary>How the second levers stand, as last heard here; why one could not be moved is said as long as it stands otherwise than the console's.</summary>
    public IReadOnlyList<SecondLeverState> Seconds =>
    [
        .. _readings.Select(pair => new SecondLeverState(
            pair.Key,
            pair.Value with { Problem = pair.Value.Problem ?? (pair.Value.Engaged == Now.Engaged ? null : _unmoved.GetValueOrDefault(pair.Key)) })),
    ];

    /// <summary>Whether somebody moves the lever here at this moment.</summary>
    public bool IsMoving => Volatile.Read(ref _moving) > 0;

    /// <summary>What a second lever is told.</summary>
    public static string ReasonFor(SafetyLever lever) => $"OpsConsole, {lever.Actor}: {lever.Reason}";

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
            var stored = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId).AsTask().WaitAsync(RunRecords.Patience, time);
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
        var moving = Task.WhenAll(_seconds.Select(second => MoveSecondAsync(second, engaged: true, ReasonFor(lever), default)));
        var outcome = await halts.HaltAllAsync(actor, $"Safety lever: {reason}");
        if (await TrySaveAsync(lever, Event(lever)))
        {
            intents.Forget(Subjects.SafetyLever);
        }
        else
        {
            Task keeping = Task.Run(() => intents.Keep(Event(lever)));
            await keeping.WaitAsync(RunRecords.Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await moving;
        return outcome;
    }

    /// <summary>Asks a second lever how it stands, and remembers the answer. Never throws.</summary>
    public Task<SecondLeverReading> ReadSecondAsync(ISecondLever second, CancellationToken cancellationToken) =>
        AskAsync(second, token => second.ReadAsync(token), cancellationToken);

    /// <summary>Moves a second lever, and remembers how it stands then. Never throws.</summary>
    public async Task<SecondLeverReading> MoveSecondAsync(ISecondLever second, bool engaged, string reason, CancellationToken cancellationToken)
    {
        var reading = await AskAsync(second, token => second.MoveAsync(engaged, reason, token), cancellationToken);
        ImmutableInterlocked.Update(ref _unmoved, static (unmoved, added) => unmoved.SetItem(added.Name, added.Problem), (second.Name, reading.Problem));
        return reading;
    }

    /// <summary>Allows launches again.</summary>
    /// <returns>Why it stays engaged, if it does: a second lever that is engaged could not be moved.</returns>
    /// <exception cref="StoreUnavailableException">It stays engaged.</exception>
    public async Task<string?> DisengageAsync(string actor, string reason, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _moving);
        try
        {
            var lever = new SafetyLever(false, actor, reason, time.GetUtcNow());
            foreach (var second in _seconds)
            {
                if (await DisengageSecondAsync(second, ReasonFor(lever), cancellationToken) is { } problem)
                {
                    return $"The lever stays engaged, because that of {second.Name} could not be disengaged. {problem}";
                }
            }

            await SaveDisengagedAsync(lever, cancellationToken);
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _moving);
        }
    }

    private async Task<string?> DisengageSecondAsync(ISecondLever second, string reason, CancellationToken cancellationToken)
    {
        var before = _readings.GetValueOrDefault(second.Name)?.Engaged;
        var reading = await ReadSecondAsync(second, cancellationToken);
        if (reading.Engaged is false)
        {
            return null;
        }

        var moved = await MoveSecondAsync(second, engaged: false, reason, cancellationToken);

        // One that was never heard of holds nobody up: when it is heard of, it counts.
        return moved.Engaged is false || (before ?? reading.Engaged) is not true ? null : moved.Problem ?? "It is still engaged there.";
    }

    private async Task SaveDisengagedAsync(SafetyLever lever, CancellationToken cancellationToken)
    {
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

    private async Task<SecondLeverReading> AskAsync(
        ISecondLever second, Func<CancellationToken, ValueTask<SecondLeverReading>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        SecondLeverReading reading;
        try
        {
            reading = await Task.Run(() => ask(limit.Token).AsTask(), limit.Token).WaitAsync(SecondPatience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync();
            reading = new(null, "", $"It did not answer within {SecondPatience.TotalSeconds:F0} s.");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSecondBroken(logger, second.Name, exception);
            reading = new(null, "", exception.Message);
        }

        var before = _readings.GetValueOrDefault(second.Name);
        if (reading.Problem is { } problem && problem != before?.Problem)
        {
            LogSecond(logger, second.Name, problem);
        }

        // What cannot be read now still counts as it was last heard.
        var heard = reading with { Engaged = reading.Engaged ?? before?.Engaged };
        ImmutableInterlocked.Update(ref _readings, static (readings, added) => readings.SetItem(added.Name, added.Heard), (second.Name, Heard: heard));
        return reading;
    }

    private async Task<bool> TrySaveAsync(SafetyLever lever, TimelineEvent change)
    {
        try
        {
            for (var attempt = 0; attempt < 3; attempt++)
            {
                var stored = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId).AsTask().WaitAsync(RunRecords.Patience, time);
                var outcome = await store
                    .SaveAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, lever, stored?.Revision ?? 0, change)
                    .AsTask()
                    .WaitAsync(RunRecords.Patience, time);
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The safety lever of {Name} cannot be kept in one with the console's: {Problem}")]
    private static partial void LogSecond(ILogger logger, string name, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The safety lever of {Name} failed")]
    private static partial void LogSecondBroken(ILogger logger, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engaged safety lever could not be written and follows later: {Problem}")]
    private static partial void LogUnwritten(ILogger logger, string problem);
}
