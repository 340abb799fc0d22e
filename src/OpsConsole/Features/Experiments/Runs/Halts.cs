using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;

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

    /// <summary>The run is not known here; the engine was told to end it nevertheless.</summary>
    public sealed record Unknown : HaltOutcome;
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
internal sealed partial class Halts(RunBook book, EngineCalls engine, TimeProvider time, ILogger<Halts> logger)
{
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Task> _starting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _proving = new(StringComparer.Ordinal);

    /// <summary>The last HALT ALL since the console was started.</summary>
    public HaltAllOutcome? Last { get; private set; }

    /// <summary>Whether a proof of this run is being waited for.</summary>
    public bool IsProving(string id) => _proving.ContainsKey(id);

    /// <summary>Lets a halt wait for a start that is on its way, so that the start cannot come after the stop.</summary>
    public async Task<StartOutcome?> StartAsync(FaultOrder order, CancellationToken cancellationToken)
    {
        var start = engine.StartAsync(order, cancellationToken);
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
        if (book.Find(id) is not { } run)
        {
            await engine.StopAsync(id);
            return new HaltOutcome.Unknown();
        }

        var stopping = engine.StopAsync(id);
        if (!run.CanHalt(out var why))
        {
            await stopping;
            return new HaltOutcome.NotNeeded(run, why);
        }

        var written = RecordHaltingAsync(id, marked);
        await stopping;
        await ProveAsync(id, pressed);
        await RecordAsync([(id, written)]);
        return new HaltOutcome.Ordered(book.Find(id) ?? run);
    }

    /// <summary>Halts everything, known or not.</summary>
    public async Task<HaltAllOutcome> HaltAllAsync(string actor, string reason)
    {
        var pressed = time.GetTimestamp();
        var at = time.GetUtcNow();
        var runs = book.Now.Active.Where(run => run.CanHalt(out _)).ToList();
        var marked = runs.Select(run => (run.Id, Marked: Mark(run.Id, actor, reason, null))).ToList();
        var stopping = engine.StopEverythingAsync();
        var written = marked.Select(run => (run.Id, RecordHaltingAsync(run.Id, run.Marked))).ToList();
        await stopping;

        var orphans = (await engine.ActiveRunsAsync(default) ?? []).Except(runs.Select(run => run.Id), StringComparer.Ordinal).ToList();
        var proofs = await Task.WhenAll(
        [
            .. runs.Select(run => ProveAsync(run.Id, pressed)),
            .. orphans.Select(ProveOrphanAsync),
        ]);
        LogHaltedAll(logger, actor, runs.Count + orphans.Count, time.GetElapsedTime(pressed).TotalMilliseconds);

        ImmutableArray<UnconfirmedHalt> unconfirmed =
            [.. proofs.Where(proof => !proof.Proof.Gone).Select(proof => new UnconfirmedHalt(proof.Id, proof.Proof.Unconfirmed, proof.Proof.ExpiresAt))];
        Last = new(
            at,
            actor,
            reason,
            proofs.Length,
            proofs.Length - unconfirmed.Length,
            unconfirmed,
            [.. proofs.Select(proof => proof.Id)],
            time.GetElapsedTime(pressed).TotalMilliseconds);
        await RecordAsync(written);
        return Last;
    }

    /// <summary>Ends and proves a run whose halt is not proven yet, or that has come to its planned end.</summary>
    public async Task<StopProof> StopAndProveAsync(string id, TimeSpan? patience = null)
    {
        var before = book.Find(id);
        var pressed = before?.HaltRequestedAt is { } at ? time.GetTimestamp() - ToTimestamp(time.GetUtcNow() - at) : time.GetTimestamp();
        await engine.StopAsync(id);
        var (_, proof) = await ProveAsync(id, pressed, patience);
        if (proof.Gone && before is { State: RunState.Halting } or { State: RunState.Recovering, Unconfirmed.IsEmpty: false })
        {
            await RecordAsync([(id, Task.CompletedTask)]);
        }

        return proof;
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

    private async Task<(string Id, StopProof Proof)> ProveAsync(string id, long pressed, TimeSpan? patience = null)
    {
        _proving.AddOrUpdate(id, 1, static (_, count) => count + 1);
        try
        {
            if (_starting.TryGetValue(id, out var start))
            {
                await start.WaitAsync(EngineCalls.OrderPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await engine.StopAsync(id);
            }

            var proof = await engine.ProveStoppedAsync(book.Find(id), id, patience);
            var elapsed = time.GetElapsedTime(pressed).TotalMilliseconds;
            var now = time.GetUtcNow();
            book.Change(id, run => run.State switch
            {
                RunState.Halting when proof.Gone => run.Enter(RunState.Recovering, now, $"Proven gone after {elapsed:F0} ms.") with
                {
                    HaltConfirmedMs = run.HaltRequestedAt is null ? null : Math.Round(elapsed, 1),
                    RecoveryStartedAt = now,
                    Reports = run.ProvenGone(),
                    Unconfirmed = [],
                    ExpiresAt = null,
                },
                RunState.Halting => run with { Unconfirmed = proof.Unconfirmed, ExpiresAt = Earlier(run.ExpiresAt, proof.ExpiresAt) },
                RunState.Recovering when proof.Gone && !run.Unconfirmed.IsEmpty => run with
                {
                    HaltConfirmedMs = run.HaltRequestedAt is null ? null : Math.Round(elapsed, 1),
                    Reports = run.ProvenGone(),
                    Unconfirmed = [],
                    ExpiresAt = null,
                },
                _ => null,
            });
            return (id, proof);
        }
        finally
        {
            if (_proving.AddOrUpdate(id, 0, static (_, count) => count - 1) == 0)
            {
                _proving.TryRemove(KeyValuePair.Create(id, 0));
            }
        }
    }

    private async Task<(string Id, StopProof Proof)> ProveOrphanAsync(string id) => (id, await engine.ProveStoppedAsync(null, id));

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

        var kind = run.TrippedSafeguard is null ? TimelineKinds.RunHalting : TimelineKinds.RunSafeguardTripped;
        return Task.Run(() => book.RecordAsync(id, run.Event(run.HaltedBy ?? Actors.Supervisor, kind, run.HaltReason ?? "")));
    }

    /// <summary>Writes down what came of it. Whoever halts is kept waiting neither by a slow store nor by a disk that hangs.</summary>
    private async Task RecordAsync(IEnumerable<(string Id, Task Halting)> halts) =>
        await Task.Run(() => Task.WhenAll(halts.Select(halt => RecordAsync(halt.Id, halt.Halting))))
            .WaitAsync(RecordPatience, time)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task RecordAsync(string id, Task halting)
    {
        await halting;
        if (book.Find(id) is not { } run)
        {
            return;
        }

        var actor = run.HaltedBy ?? Actors.Supervisor;
        await book.RecordAsync(id, run.Unconfirmed.IsEmpty && run.State != RunState.Halting
            ? run.Event(actor, TimelineKinds.RunHaltConfirmed, run.HaltConfirmedMs is { } ms ? $"Every fault is proven gone after {ms:F0} ms." : "Every fault is proven gone.")
                .With("confirmedMs", run.HaltConfirmedMs?.ToString("F1"))
            : run.Event(
                    actor,
                    TimelineKinds.RunHaltUnconfirmed,
                    $"Not proven gone at {string.Join(", ", run.Unconfirmed)}; ends by itself at {run.ExpiresAt?.UtcDateTime:HH:mm:ss} UTC at the latest.")
                .With("unconfirmed", string.Join(",", run.Unconfirmed)));
    }

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Actor} halted everything: {Runs} runs, {Milliseconds:F0} ms")]
    private static partial void LogHaltedAll(ILogger logger, string actor, int runs, double milliseconds);
}
