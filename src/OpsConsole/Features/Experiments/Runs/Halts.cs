using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>What became of a halt.</summary>
internal abstract record HaltOutcome
{
    private HaltOutcome()
    {
    }

    /// <summary>The run is halted, or was being halted already; the run says whether that is proven.</summary>
    public sealed record Ordered(Run Run) : HaltOutcome;

    /// <summary>There was nothing to halt.</summary>
    public sealed record NotNeeded(Run Run, string Why) : HaltOutcome;

    /// <summary>The run is not known here; the engines were told to end it nevertheless.</summary>
    /// <param name="Unread">Why nobody can say whether there is such a run, if the store does not tell.</param>
    /// <param name="Proof">Whether it is proven gone, if nobody can say.</param>
    public sealed record Unknown(string? Unread = null, StopProof? Proof = null) : HaltOutcome;
}

/// <summary>What is not proven gone.</summary>
internal sealed record UnconfirmedHalt(string Run, ImmutableArray<string> Targets, DateTimeOffset ExpiresAt);

/// <summary>What became of HALT ALL.</summary>
internal sealed record HaltAllOutcome(
    DateTimeOffset At,
    string Actor,
    string Reason,
    int Halted,
    int Confirmed,
    ImmutableArray<UnconfirmedHalt> Unconfirmed,
    ImmutableArray<string> Runs,
    double Milliseconds);

/// <summary>
/// Halts. The engine is told first and records follow, so a halt works without health, without a store and with a slow engine; it is never
/// cancelled by whoever asked for it going away.
/// </summary>
/// <remarks>
/// Every replica halts. One that does not lead tells the leader, orders the engine itself where it reaches it, and writes the halt into the
/// store, where the next leader finds it if this one is dead; it waits for none of them longer than for an engine.
/// </remarks>
internal sealed partial class Halts(
    RunBook book, RunRecords records, EngineCalls engine, LeaderCalls leader, Leadership leadership, TimeProvider time, ILogger<Halts> logger)
{
    private const int RememberedStops = 200;
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _starting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _proving = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _stopped = new();

    /// <summary>The last HALT ALL since the console was started.</summary>
    public HaltAllOutcome? Last { get; private set; }

    /// <summary>Whether a proof of this run is being waited for.</summary>
    public bool IsProving(string id) => _proving.ContainsKey(id);

    /// <summary>Whether a run was ordered to end here, even if it was not known yet: then it must not start.</summary>
    public bool WasStopped(string id) => _stopped.Contains(id, StringComparer.Ordinal);

    /// <summary>Lets a halt wait for a start that is on its way, so that the start cannot come after the stop.</summary>
    public async Task<StartOutcome?> StartAsync(Run run, FaultOrder order, CancellationToken cancellationToken)
    {
        var start = engine.StartAsync(run, order, cancellationToken);
        _starting[order.RunId] = start;
        try
        {
            return await start;
        }
        finally
        {
            _starting.TryRemove(order.RunId, out _);
        }
    }

    /// <summary>Halts one run.</summary>
    public async Task<HaltOutcome> HaltRunAsync(string id, string actor, string reason, string? trippedSafeguard = null)
    {
        var pressed = time.GetTimestamp();
        var marked = Mark(id, actor, reason, trippedSafeguard);
        var stopping = StopAsync(id, actor, reason);
        string? unread = null;
        if (book.Find(id) is null)
        {
            unread = await records.TryTakeInAsync(id);
            marked = Mark(id, actor, reason, trippedSafeguard);
        }

        if (book.Find(id) is not { } run)
        {
            return await HaltUnknownAsync(id, actor, reason, unread, stopping);
        }

        if (!run.CanHalt(out var why))
        {
            await stopping;
            return new HaltOutcome.NotNeeded(run, why);
        }

        var written = RecordHaltingAsync(id, marked);
        await stopping;
        var proven = await ProveAsync(id, pressed);
        await RecordAsync([(id, written, proven.Moved)]);
        return new HaltOutcome.Ordered(book.Find(id) ?? run);
    }

    /// <summary>Ends a run's faults for another replica, which writes down who halted and asks for the proof.</summary>
    public async Task<bool> StopForAnotherAsync(string id, string actor, string reason)
    {
        Mark(id, actor, reason, trippedSafeguard: null);
        Remember(id);
        return await engine.StopAsync(id);
    }

    /// <summary>Waits for the proof of what another replica has halted.</summary>
    public async Task<StopProof> ProveForAnotherAsync(string id, TimeSpan patience)
    {
        await WaitForStartAsync(id);
        return await engine.ProveStoppedAsync(book.Find(id), id, patience);
    }

    /// <summary>Halts everything, known or not.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="writtenDown">The runs whose halt another replica writes down.</param>
    public async Task<HaltAllOutcome> HaltAllAsync(string actor, string reason, ImmutableArray<string> writtenDown = default)
    {
        var pressed = time.GetTimestamp();
        var at = time.GetUtcNow();
        var runs = book.Now.Active.Where(run => run.CanHalt(out _)).ToList();
        var marked = runs.Select(run => (run.Id, Marked: Mark(run.Id, actor, reason, null))).ToList();
        var telling = leadership.IsLastLeader ? null : leader.HaltAllAsync(actor, reason, [.. marked.Where(run => run.Marked).Select(run => run.Id)]);
        var stopping = engine.StopEverythingAsync();
        var written = marked
            .Select(run => (run.Id, Task: RecordHaltingAsync(run.Id, run.Marked && (writtenDown.IsDefault || !writtenDown.Contains(run.Id, StringComparer.Ordinal)))))
            .ToList();
        ImmutableArray<UnconfirmedHalt> beyond = [];
        if (engine.IsElsewhere && telling is not null)
        {
            if (await telling is { } answer)
            {
                Last = answer with { Milliseconds = time.GetElapsedTime(pressed).TotalMilliseconds };
                await RecordAsync(written.Select(run => (run.Id, run.Task, Tell: false)));
                return Last;
            }

            beyond = BeyondReach(runs);
        }

        var ended = await stopping;
        var reached = runs.Where(run => beyond.All(halt => halt.Run != run.Id)).ToList();
        // An engine that did not take the order in time still lists what goes on.
        var orphans = ended.Concat((await engine.ActiveRunsAsync(default)).Select(active => active.Run))
            .Distinct(StringComparer.Ordinal).Except(runs.Select(run => run.Id), StringComparer.Ordinal).ToList();
        var proofs = await Task.WhenAll(
        [
            .. reached.Select(run => ProveAsync(run.Id, pressed)),
            .. orphans.Select(id => ProveUnheardOfAsync(id, actor, reason, pressed)),
        ]);
        LogHaltedAll(logger, actor, runs.Count + orphans.Count, time.GetElapsedTime(pressed).TotalMilliseconds);

        ImmutableArray<UnconfirmedHalt> unconfirmed =
        [
            .. proofs.Where(proven => !proven.Proof.Gone).Select(proven => new UnconfirmedHalt(proven.Id, proven.Proof.Unconfirmed, proven.Proof.ExpiresAt)),
            .. beyond,
        ];
        Last = new(
            at,
            actor,
            reason,
            proofs.Length + beyond.Length,
            proofs.Length + beyond.Length - unconfirmed.Length,
            unconfirmed,
            [.. proofs.Select(proven => proven.Id), .. beyond.Select(halt => halt.Run)],
            time.GetElapsedTime(pressed).TotalMilliseconds);
        await RecordAsync(written.Select(run => (run.Id, run.Task, proofs.Any(proven => proven.Id == run.Id && proven.Moved))));
        return Last;
    }

    /// <summary>Ends and proves a run whose halt is not proven yet, or that has come to its planned end.</summary>
    public async Task<StopProof> StopAndProveAsync(string id, TimeSpan? patience = null)
    {
        var before = book.Find(id);
        var pressed = before?.HaltRequestedAt is { } at ? time.GetTimestamp() - ToTimestamp(time.GetUtcNow() - at) : time.GetTimestamp();
        await engine.StopAsync(id);
        var (_, proof, moved) = await ProveAsync(id, pressed, patience);
        if (moved && proof.Gone)
        {
            await RecordAsync([(id, Task.CompletedTask, Tell: true)]);
        }

        return proof;
    }

    /// <summary>A run of which only a store that does not answer knows is proven gone, and who halted it is kept.</summary>
    private async Task<HaltOutcome> HaltUnknownAsync(string id, string actor, string reason, string? unread, Task stopping)
    {
        await stopping;
        if (unread is null)
        {
            return new HaltOutcome.Unknown();
        }

        var proof = await engine.ProveStoppedAsync(null, id);
        await Task.Run(() => records.RecordAsync(id, new TimelineEvent { Actor = actor, Kind = TimelineKinds.RunHalting, Subject = Subjects.Run(id), Reason = reason }))
            .WaitAsync(RecordPatience, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new HaltOutcome.Unknown(unread, proof);
    }

    /// <summary>Tells the leader, if that is another replica, and every engine that is reached from here.</summary>
    private async Task StopAsync(string id, string actor, string reason)
    {
        Remember(id);
        var telling = leadership.IsLastLeader ? null : leader.StopAsync(id, actor, reason);
        var ordering = engine.StopAsync(id);
        await ordering;
        if (engine.IsElsewhereFor(id) && telling is not null)
        {
            await telling;
        }
    }

    /// <summary>The runs that only a leader who does not answer could end and prove: they end by themselves, and the next leader finds the halt in the store.</summary>
    private ImmutableArray<UnconfirmedHalt> BeyondReach(IEnumerable<Run> runs)
    {
        var now = time.GetUtcNow();
        return
        [
            .. runs.Where(run => engine.IsElsewhereFor(run.Id)).Select(run => new UnconfirmedHalt(
                run.Id,
                [.. run.Faults.Select(fault => fault.Target).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                now + engine.LeaseOf(run.Experiment))),
        ];
    }

    private void Remember(string id)
    {
        _stopped.Enqueue(id);
        while (_stopped.Count > RememberedStops)
        {
            _stopped.TryDequeue(out _);
        }
    }

    private long ToTimestamp(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private bool Mark(string id, string actor, string reason, string? trippedSafeguard) => book.Change(id, run => !run.CanEnter(RunState.Halting)
        ? null
        : run.Enter(RunState.Halting, time.GetUtcNow(), reason) with
        {
            HaltRequestedAt = time.GetUtcNow(),
            HaltedBy = actor,
            HaltReason = reason,
            TrippedSafeguard = trippedSafeguard,
        }) is not null;

    /// <summary>Waits for the proof and takes it into the book; says whether that moved the run, or whether another was quicker.</summary>
    private async Task<(string Id, StopProof Proof, bool Moved)> ProveAsync(string id, long pressed, TimeSpan? patience = null)
    {
        _proving.AddOrUpdate(id, 1, static (_, count) => count + 1);
        try
        {
            await WaitForStartAsync(id);
            var proof = await engine.ProveStoppedAsync(book.Find(id), id, patience);
            var elapsed = time.GetElapsedTime(pressed).TotalMilliseconds;
            var now = time.GetUtcNow();
            var moved = book.Change(id, run => run.State switch
            {
                RunState.Halting when proof.Gone => run.Enter(RunState.Recovering, now, $"Proven gone after {elapsed:F0} ms.") with
                {
                    HaltConfirmedMs = run.HaltRequestedAt is null ? null : Math.Round(elapsed, 1),
                    RecoveryStartedAt = now,
                    Reports = run.ProvenGone(),
                    Unconfirmed = [],
                    UnconfirmedWhy = null,
                    ExpiresAt = null,
                },
                RunState.Halting => run with
                {
                    Unconfirmed = proof.Unconfirmed,
                    UnconfirmedWhy = proof.Problem,
                    ExpiresAt = Earlier(run.ExpiresAt, proof.ExpiresAt),
                },
                RunState.Recovering when proof.Gone && !run.Unconfirmed.IsEmpty => run with
                {
                    HaltConfirmedMs = run.HaltRequestedAt is null ? null : Math.Round(elapsed, 1),
                    Reports = run.ProvenGone(),
                    Unconfirmed = [],
                    UnconfirmedWhy = null,
                    ExpiresAt = null,
                },
                _ => null,
            });
            return (id, proof, moved is not null);
        }
        finally
        {
            if (_proving.AddOrUpdate(id, 0, static (_, count) => count - 1) == 0)
            {
                _proving.TryRemove(KeyValuePair.Create(id, 0));
            }
        }
    }

    /// <summary>Proves the end of what was not heard of here. A run that another replica has launched a moment ago is written down as halted too.</summary>
    private async Task<(string Id, StopProof Proof, bool Moved)> ProveUnheardOfAsync(string id, string actor, string reason, long pressed)
    {
        var proof = engine.ProveStoppedHereAsync(id);
        if (await records.TryTakeInAsync(id) is null && Mark(id, actor, reason, trippedSafeguard: null))
        {
            var written = RecordHaltingAsync(id, marked: true);
            var proven = await ProveAsync(id, pressed);
            await RecordAsync([(id, written, proven.Moved)]);
            return proven;
        }

        return (id, await proof, false);
    }

    private async Task WaitForStartAsync(string id)
    {
        if (_starting.TryGetValue(id, out var start))
        {
            await start.WaitAsync(EngineCalls.OrderPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await engine.StopAsync(id);
        }
    }

    /// <summary>
    /// Writes down that the halt was ordered while it is being proven, so that a console that dies meanwhile leaves behind who halted. It is
    /// never waited for before the engine was told.
    /// </summary>
    private Task RecordHaltingAsync(string id, bool marked)
    {
        if (!marked || book.Find(id) is not { } run)
        {
            return Task.CompletedTask;
        }

        return Task.Run(() => records.RecordAsync(id, run.Halting()));
    }

    /// <summary>Writes down what came of it. Whoever halts is kept waiting neither by a slow store nor by a disk that hangs.</summary>
    private async Task RecordAsync(IEnumerable<(string Id, Task Halting, bool Tell)> halts) =>
        await Task.Run(() => Task.WhenAll(halts.Select(halt => RecordAsync(halt.Id, halt.Halting, halt.Tell))))
            .WaitAsync(RecordPatience, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RecordAsync(string id, Task halting, bool tell)
    {
        await halting;
        if (!tell || book.Find(id) is not { } run)
        {
            return;
        }

        var actor = run.HaltedBy ?? Actors.Supervisor;
        await records.RecordAsync(id, run.Unconfirmed.IsEmpty && (run.State != RunState.Halting || run.HaltConfirmedMs is not null)
            ? run.Event(actor, TimelineKinds.RunHaltConfirmed, run.HaltConfirmedMs is { } ms ? $"Every fault is proven gone after {ms:F0} ms." : "Every fault is proven gone.")
                .With("confirmedMs", run.HaltConfirmedMs?.ToString("F1"))
            : run.Event(
                    actor,
                    TimelineKinds.RunHaltUnconfirmed,
                    $"Not proven gone at {string.Join(", ", run.Unconfirmed)}; ends by itself at {run.ExpiresAt?.UtcDateTime:HH:mm:ss} UTC at the latest. {run.UnconfirmedWhy}".TrimEnd())
                .With("unconfirmed", string.Join(",", run.Unconfirmed)));
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Actor} halted everything: {Runs} runs, {Milliseconds:F0} ms")]
    private static partial void LogHaltedAll(ILogger logger, string actor, int runs, double milliseconds);
}
