using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Calls the engine with a limit of time, so that a slow or broken engine never holds up a halt or a look. What injects is asked only by the
/// leader, and only while it leads; what ends a fault may be asked by everybody, of the leader if its engine alone holds the agents.
/// </summary>
internal sealed partial class EngineCalls(
    IFaultEngine engine, Leadership leadership, LeaderCalls leader, TimeProvider time, ILogger<EngineCalls> logger)
{
    /// <summary>How long an order may take.</summary>
    public static TimeSpan OrderPatience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proof is waited for.</summary>
    public static TimeSpan ProofPatience { get; } = TimeSpan.FromSeconds(2);

    public TimeSpan LeaseDuration => engine.LeaseDuration;

    /// <summary>Whether what is injected goes on when the leader ends.</summary>
    public bool OutlivesLeader => engine.IsShared;

    /// <summary>Whether the fault agents are connected to another replica, so that only that one can order and prove.</summary>
    public bool IsElsewhere => !engine.IsShared && !leadership.IsLastLeader;

    public async Task<IReadOnlyList<FaultTarget>?> TargetsAsync(string service, CancellationToken cancellationToken) => IsElsewhere
        ? await leader.TargetsAsync(service)
        : await TryAsync("targets", token => engine.TargetsAsync(service, token), OrderPatience, cancellationToken);

    /// <summary>Starts faults; <see langword="null"/> if the engine did not answer, or if this replica does not lead.</summary>
    public async Task<StartOutcome?> StartAsync(FaultOrder order, CancellationToken cancellationToken) => leadership.IsLeader
        ? await TryAsync("start", token => engine.StartAsync(order, token), OrderPatience * 2, cancellationToken)
        : null;

    public async Task RenewAsync(string runId, CancellationToken cancellationToken)
    {
        if (leadership.IsLeader)
        {
            await TryAsync("renew", token => Done(engine.RenewAsync(runId, token)), OrderPatience, cancellationToken);
        }
    }

    public async Task<bool> StopAsync(string runId) =>
        await TryAsync("stop", token => Done(engine.StopAsync(runId, token)), OrderPatience, default) is not null;

    public async Task<bool> StopEverythingAsync() =>
        await TryAsync("stop everything", token => Done(engine.StopEverythingAsync(token)), OrderPatience, default) is not null;

    /// <summary>Whether a run's faults are proven gone; without an answer they are not.</summary>
    public async Task<StopProof> ProveStoppedAsync(Run? run, string runId, TimeSpan? patience = null)
    {
        var limit = patience ?? ProofPatience;
        var proof = IsElsewhere
            ? await leader.ProveAsync(runId, limit)
            : await TryAsync("prove", token => engine.ProveStoppedAsync(runId, limit, token), limit + TimeSpan.FromMilliseconds(500), default);
        proof ??= new StopProof(Gone: false, [], time.GetUtcNow() + engine.LeaseDuration);

        // An engine that has only just started knows none of the run's instances yet; the run does.
        return proof is { Gone: false, Unconfirmed.IsEmpty: true } && run is not null
            ? proof with { Unconfirmed = [.. run.Faults.Select(fault => fault.Target).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] }
            : proof;
    }

    public async Task<IReadOnlyList<FaultReport>?> ReadAsync(string runId, CancellationToken cancellationToken) =>
        await TryAsync("read", token => engine.ReadAsync(runId, token), TimeSpan.FromMilliseconds(500), cancellationToken);

    public async Task<IReadOnlyList<string>?> ActiveRunsAsync(CancellationToken cancellationToken) =>
        await TryAsync("active runs", engine.ActiveRunsAsync, OrderPatience, cancellationToken);

    public async Task<ActionOutcome> PerformAsync(string service, string action, TimeSpan patience, CancellationToken cancellationToken) =>
        !leadership.IsLeader
            ? new ActionOutcome(false, "This replica does not lead any more.")
            : await TryAsync("perform", token => engine.PerformAsync(service, action, patience, token), patience + OrderPatience, cancellationToken)
                ?? new ActionOutcome(false, "The engine did not answer.");

    private static async ValueTask<object> Done(ValueTask call)
    {
        await call;
        return true;
    }

    private async Task<T?> TryAsync<T>(
        string what, Func<CancellationToken, ValueTask<T>> call, TimeSpan patience, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // On a thread of its own: an engine that blocks instead of waiting must not hold up a halt either.
            return await Task.Run(() => call(limit.Token).AsTask(), limit.Token).WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync();
            LogSlow(logger, engine.Name, what, patience.TotalSeconds);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogBroken(logger, engine.Name, what, exception);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engine {Engine} did not answer “{What}” within {Seconds} s")]
    private static partial void LogSlow(ILogger logger, string engine, string what, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The engine {Engine} failed at “{What}”")]
    private static partial void LogBroken(ILogger logger, string engine, string what, Exception exception);
}
