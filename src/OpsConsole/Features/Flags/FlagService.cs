using OpsConsole.Core;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags;

/// <summary>
/// Every change of a flag: the record and its event in one write, then decided anew at once. Throws <see cref="StoreUnavailableException"/>
/// when the store cannot be written, except for an OFF, which goes ahead.
/// </summary>
internal sealed class FlagService(
    FlagCatalog catalog, FlagGates gates, IRecordStore store, ConsoleEnvironment environment, TimeProvider clock) : IFlagSwitch
{
    private static readonly TimeSpan JournalPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long an OFF waits for the store before it is served.</summary>
    private static readonly TimeSpan OffPatience = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Whether turning a flag ON asks for a reason.</summary>
    public bool AsksForReason => environment.IsProduction;

    /// <summary>Creates a flag or replaces it.</summary>
    /// <param name="flag">The flag as it is to be.</param>
    /// <param name="expectedRevision">The revision on which the change rests; 0 to create.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    public async ValueTask<FlagOutcome> SaveAsync(
        Flag flag, long expectedRevision, string actor, string reason, CancellationToken cancellationToken)
    {
        var errors = FlagValidation.Check(flag, key => catalog.Find(key)?.Value);
        if (errors.Count > 0)
        {
            return new FlagOutcome.Invalid(errors);
        }

        using var turn = await TakeTurnAsync(flag.Key, cancellationToken);
        var current = await FindAsync(flag.Key, cancellationToken);
        if ((current?.Revision ?? 0) != expectedRevision)
        {
            return new FlagOutcome.Conflict(current);
        }

        if (current is not { Value.Enabled: true } && flag.Enabled && AsksForReason && reason.Length == 0)
        {
            return FlagOutcome.Wrong("changeReason", "Turning a flag ON in production asks for a reason.");
        }

        var after = flag with { LatchResets = current?.Value.LatchResets ?? 0 };
        if (current is not null && FlagChanges.Members(current.Value).SequenceEqual(FlagChanges.Members(after)))
        {
            return new FlagOutcome.Saved(current);
        }

        return await WriteAsync(after, expectedRevision, FlagChanges.Between(current?.Value, after, actor, reason), cancellationToken);
    }

    /// <summary>Sets a flag's intent, whatever else was changed meanwhile.</summary>
    public async ValueTask<FlagOutcome> FlipAsync(
        string key, bool enabled, string actor, string reason, CancellationToken cancellationToken)
    {
        if (enabled && AsksForReason && reason.Length == 0)
        {
            return FlagOutcome.Wrong("reason", "Turning a flag ON in production asks for a reason.");
        }

        var ahead = catalog.Pending.GetValueOrDefault(key);
        if (enabled && ahead is not null
            && await FlipAsync(key, enabled: false, ahead.Actor, ahead.Reason, cancellationToken) is FlagOutcome.Ahead still)
        {
            throw new StoreUnavailableException(still.Problem);
        }

        try
        {
            var changing = ChangeAsync(
                key,
                flag => flag.Enabled == enabled ? null : (flag with { Enabled = enabled }, Flip(flag, enabled, actor, reason, ahead)),
                flag => enabled && flag.Archived ? "An archived flag cannot be turned ON. Take it out of the archive first." : null,
                cancellationToken).AsTask();
            var wentAhead = !enabled && await ServeOffUnlessDoneAsync(changing, key, actor, reason);
            var outcome = await changing;
            if (outcome is FlagOutcome.Saved or FlagOutcome.Unknown && (ahead is not null || wentAhead))
            {
                catalog.Forget(key);
                gates.DecideNow();
            }

            return outcome;
        }
        catch (StoreUnavailableException problem) when (!enabled && catalog.Find(key) is not null)
        {
            var off = await GoAheadAsync(key, new(actor, reason, clock.GetUtcNow(), JournalPlace.Memory));
            return new FlagOutcome.Ahead(catalog.Find(key)!, off, problem.Message);
        }
    }

    /// <summary>Puts a flag into the archive, where it is served OFF, or takes it out.</summary>
    public ValueTask<FlagOutcome> ArchiveAsync(
        string key, bool archived, long? expectedRevision, string actor, string reason, CancellationToken cancellationToken) => ChangeAsync(
            key,
            flag => flag.Archived == archived ? null : (flag with { Archived = archived }, FlagChanges.Event(
                archived ? TimelineKinds.FlagArchived : TimelineKinds.FlagUnarchived, actor, reason, flag)),
            _ => null,
            cancellationToken,
            expectedRevision);

    /// <summary>Lets a latched flag be served again, once its limits have held for long enough.</summary>
    public ValueTask<FlagOutcome> ResetLatchAsync(string key, string actor, string reason, CancellationToken cancellationToken) => ChangeAsync(
        key,
        flag => (flag with { LatchResets = flag.LatchResets + 1 }, FlagChanges.Event(TimelineKinds.FlagLatchReset, actor, reason, flag)),
        flag => flag.Conditions is { Latch: true } ? null : "The flag has no latch.",
        cancellationToken);

    public async ValueTask<(bool Succeeded, string Detail)> TurnOffAsync(
        string key, string actor, string reason, CancellationToken cancellationToken) => await FlipAsync(key, enabled: false, actor, reason, cancellationToken) switch
        {
            FlagOutcome.Saved => (true, $"Flag {key} is OFF."),
            FlagOutcome.Ahead ahead => (true, $"Flag {key} is served OFF, {ahead.Off.Sentence}. {ahead.Problem}"),
            FlagOutcome.Unknown => (false, $"There is no flag {key}."),
            var other => (false, $"Flag {key} could not be turned off: {other}."),
        };

    /// <summary>Writes the OFFs that went ahead of the store.</summary>
    public async ValueTask WritePendingAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, off) in catalog.Pending)
        {
            await FlipAsync(key, enabled: false, off.Actor, off.Reason, cancellationToken);
        }
    }

    private static TimelineEvent Flip(Flag flag, bool enabled, string actor, string reason, PendingOff? ahead)
    {
        var after = flag with { Enabled = enabled };
        return ahead is null || enabled
            ? FlagChanges.Between(flag, after, actor, reason)
            : ahead.Late(FlagChanges.Between(flag, after, ahead.Actor, ahead.Reason));
    }

    /// <summary>Serves a flag OFF whose store keeps one waiting: DynamoDB may be silent for seconds before it is known to be gone.</summary>
    /// <returns>Whether it went ahead.</returns>
    private async ValueTask<bool> ServeOffUnlessDoneAsync(Task changing, string key, string actor, string reason)
    {
        using var done = new CancellationTokenSource();
        if (await Task.WhenAny(changing, Task.Delay(OffPatience, clock, done.Token)) == changing)
        {
            await done.CancelAsync();
            return false;
        }

        if (catalog.Find(key) is not { Value.Enabled: true })
        {
            return false;
        }

        await GoAheadAsync(key, new(actor, reason, clock.GetUtcNow(), JournalPlace.Memory));
        return true;
    }

    /// <summary>Serves a flag OFF at once, and then sees to it that a restart does not change that. A disk that hangs is not waited for.</summary>
    private async ValueTask<PendingOff> GoAheadAsync(string key, PendingOff off)
    {
        off = catalog.Hold(key, off);
        gates.DecideNow();
        if (off.Place == JournalPlace.Memory)
        {
            try
            {
                off = await Task.Run(() => catalog.Keep(key, off)).WaitAsync(JournalPatience, clock);
                gates.DecideNow();
            }
            catch (TimeoutException)
            {
                // It stays in memory, and says so.
            }
        }

        return off;
    }

    private async ValueTask<FlagOutcome> ChangeAsync(
        string key,
        Func<Flag, (Flag Flag, TimelineEvent Change)?> change,
        Func<Flag, string?> refusal,
        CancellationToken cancellationToken,
        long? expectedRevision = null)
    {
        using var turn = await TakeTurnAsync(key, cancellationToken);
        var current = catalog.Find(key) ?? await FindAsync(key, cancellationToken);
        while (current is not null)
        {
            if (expectedRevision is { } expected && expected != current.Revision)
            {
                return new FlagOutcome.Conflict(current);
            }

            if (refusal(current.Value) is { } problem)
            {
                return new FlagOutcome.Refused(problem);
            }

            if (change(current.Value) is not { } next)
            {
                // Another console may have changed it since the catalog was read; only the store knows that there is nothing to do.
                var newest = await FindAsync(key, cancellationToken);
                if (newest?.Revision == current.Revision)
                {
                    return new FlagOutcome.Saved(current);
                }

                current = newest;
                continue;
            }

            var outcome = await WriteAsync(next.Flag, current.Revision, next.Change, cancellationToken);
            if (outcome is not FlagOutcome.Conflict conflict)
            {
                return outcome;
            }

            current = conflict.Current;
        }

        return new FlagOutcome.Unknown();
    }

    private async ValueTask<FlagOutcome> WriteAsync(
        Flag flag, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken)
    {
        switch (await store.SaveAsync(FlagRecords.Flags, flag.Key, flag, expectedRevision, change, cancellationToken))
        {
            case SaveOutcome<Flag>.Saved saved:
                catalog.Apply(saved.Record);
                gates.DecideNow();
                return new FlagOutcome.Saved(saved.Record);
            case SaveOutcome<Flag>.Conflict conflict:
                if (conflict.Current is not null)
                {
                    catalog.Apply(conflict.Current);
                }

                return new FlagOutcome.Conflict(conflict.Current);
            default:
                throw new InvalidOperationException("The store answered with an outcome that is not known.");
        }
    }

    private async ValueTask<Stored<Flag>?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(FlagRecords.Flags, key, cancellationToken);
        if (stored is not null)
        {
            catalog.Apply(stored);
        }

        return stored;
    }

    /// <summary>Changes of one flag by this console take turns, so that many at once do not run into each other's revisions.</summary>
    private async ValueTask<Turn> TakeTurnAsync(string key, CancellationToken cancellationToken)
    {
        var turns = _turns[(uint)string.GetHashCode(key, StringComparison.Ordinal) % _turns.Length];
        await turns.WaitAsync(cancellationToken);
        return new Turn(turns);
    }

    private readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
