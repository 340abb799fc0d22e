using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Replicas;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Calls the engines, each with a limit of time of its own, so that a slow or broken engine holds up neither a halt nor a look nor another engine.
/// A run's experiment says whose it is; about a run that nobody knows every engine is asked. What injects is asked only by the leader, and only while it
/// leads; what ends a fault may be asked by everybody, of the leader if its engine alone holds the agents.
/// </summary>
internal sealed partial class EngineCalls(
    IEnumerable<IFaultEngine> engines, RunBook book, Leadership leadership, LeaderCalls leader, TimeProvider time, ILogger<EngineCalls> logger)
{
    private readonly ImmutableArray<IFaultEngine> _engines = [.. engines];
    private readonly ConcurrentDictionary<(string Engine, string What), string> _problems = [];

    /// <summary>How long an order may take.</summary>
    public static TimeSpan OrderPatience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a proof is waited for.</summary>
    public static TimeSpan ProofPatience { get; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an engine's agents are connected to another replica, so that only that one can order and prove.</summary>
    public bool IsElsewhere => !leadership.IsLastLeader && _engines.Any(engine => !engine.IsShared);

    /// <summary>The engine that runs such experiments, or <see langword="null"/>.</summary>
    public IFaultEngine? For(Experiment experiment) => _engines.FirstOrDefault(engine => engine.Carries(experiment));

    /// <summary>How long what is not renewed lives at most.</summary>
    public TimeSpan LeaseOf(Experiment? experiment) => experiment is not null && For(experiment) is { } engine
        ? engine.LeaseDuration
        : _engines.Select(engine => engine.LeaseDuration).DefaultIfEmpty(TimeSpan.Zero).Max();

    /// <summary>Whether what is injected goes on when the leader ends.</summary>
    public bool OutlivesLeader(Run run) => For(run.Experiment) is { IsShared: true };

    /// <summary>Whether only another replica can order and prove for this run.</summary>
    public bool IsElsewhereFor(string runId) => !leadership.IsLastLeader && Of(runId).Any(engine => !engine.IsShared);

    public async Task<IReadOnlyList<FaultTarget>?> TargetsAsync(string service, CancellationToken cancellationToken)
    {
        if (IsElsewhere)
        {
            return await leader.TargetsAsync(service);
        }

        var answers = await Task.WhenAll(_engines.Select(engine =>
            TryAsync(engine, "targets", token => engine.TargetsAsync(service, token), OrderPatience, cancellationToken)));
        return answers.Contains(null) ? null : [.. answers.SelectMany(targets => targets!)];
    }

    /// <summary>Starts faults; <see langword="null"/> if the engine did not answer, or if this replica does not lead.</summary>
    public async Task<StartOutcome?> StartAsync(Run run, FaultOrder order, CancellationToken cancellationToken) =>
        !leadership.IsLeader ? null
        : For(run.Experiment) is not { } engine ? new StartOutcome.Refused(NoEngine(run.Experiment))
        : await TryAsync(engine, "start", token => engine.StartAsync(order, token), OrderPatience * 2, cancellationToken);

    public async Task RenewAsync(string runId, CancellationToken cancellationToken)
    {
        if (leadership.IsLeader)
        {
            await Task.WhenAll(Of(runId).Select(engine =>
                TryAsync(engine, "renew", token => Done(engine.RenewAsync(runId, token)), OrderPatience, cancellationToken)));
        }
    }

    /// <summary>Whether every engine that may have the run took the order to end it.</summary>
    public async Task<bool> StopAsync(string runId)
    {
        var done = await Task.WhenAll(Of(runId).Select(engine =>
            TryAsync(engine, "stop", token => Done(engine.StopAsync(runId, token)), OrderPatience, default)));
        return !done.Contains(null);
    }

    /// <summary>Orders every engine that is reached from here to end everything, and names what was active there.</summary>
    public async Task<IEnumerable<string>> StopEverythingAsync()
    {
        var active = await Task.WhenAll(_engines.Where(engine => engine.IsShared || leadership.IsLastLeader).Select(engine =>
            TryAsync(engine, "stop everything", engine.StopEverythingAsync, OrderPatience, default)));
        return active.SelectMany(runs => runs ?? []);
    }

    /// <summary>Whether a run's faults are proven gone; without an answer they are not.</summary>
    public async Task<StopProof> ProveStoppedAsync(Run? run, string runId, TimeSpan? patience = null)
    {
        var limit = patience ?? ProofPatience;
        var proof = IsElsewhereFor(runId)
            ? await leader.ProveAsync(runId, limit) ?? Unproven(run, run is null ? null : For(run.Experiment))
            : await ProveHereAsync(run, runId, limit);

        // An engine that has only just started knows none of the run's instances yet; the run does.
        return proof is { Gone: false, Unconfirmed.IsEmpty: true } && run is not null
            ? proof with { Unconfirmed = [.. run.Faults.Select(fault => fault.Target).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] }
            : proof;
    }

    /// <summary>Whether faults are proven gone of which an engine that is reached from here has said that they are active.</summary>
    public Task<StopProof> ProveStoppedHereAsync(string runId) => ProveHereAsync(null, runId, ProofPatience);

    public async Task<IReadOnlyList<FaultReport>?> ReadAsync(Run run, CancellationToken cancellationToken) => For(run.Experiment) is { } engine
        ? await TryAsync(engine, "read", token => engine.ReadAsync(run.Id, token), TimeSpan.FromMilliseconds(500), cancellationToken)
        : null;

    /// <summary>How a run stands with its engine; it goes on if that does not say.</summary>
    public async Task<EngineStanding> StandingAsync(Run run, CancellationToken cancellationToken) => For(run.Experiment) is { } engine
        ? await TryAsync(engine, "standing", token => engine.StandingAsync(run.Id, token), TimeSpan.FromMilliseconds(500), cancellationToken) ?? EngineStanding.Going.On
        : EngineStanding.Going.On;

    /// <summary>The runs that are active in an engine that is reached from here, each with how long its engine lets what is over linger.</summary>
    public async Task<IReadOnlyList<(string Run, TimeSpan Linger)>> ActiveRunsAsync(CancellationToken cancellationToken, bool sharedToo = true) =>
    [
        .. (await Task.WhenAll(_engines.Where(engine => sharedToo || !engine.IsShared).Select(async engine =>
                (await TryAsync(engine, "active runs", engine.ActiveRunsAsync, OrderPatience, cancellationToken) ?? []).Select(run => (run, engine.LeaseDuration)))))
            .SelectMany(runs => runs),
    ];

    /// <summary>Every run that goes on in an engine that outlives the console.</summary>
    public async Task<IReadOnlyList<EngineRun>> RunsAsync(CancellationToken cancellationToken) =>
    [
        .. (await Task.WhenAll(_engines.Where(engine => engine.IsShared).Select(async engine =>
                await TryAsync(engine, "runs", engine.RunsAsync, OrderPatience * 2, cancellationToken) ?? [])))
            .SelectMany(runs => runs),
    ];

    public async Task<ActionOutcome> PerformAsync(string service, string action, TimeSpan patience, CancellationToken cancellationToken) =>
        !leadership.IsLeader ? new ActionOutcome(false, "This replica does not lead any more.")
        : (_engines.FirstOrDefault(engine => !engine.IsShared) ?? _engines.FirstOrDefault()) is not { } fleet ? new ActionOutcome(false, "The console has no engine.")
        : await TryAsync(fleet, "perform", token => fleet.PerformAsync(service, action, patience, token), patience + OrderPatience, cancellationToken)
            ?? new ActionOutcome(false, "The engine did not answer.");

    private static string NoEngine(Experiment experiment) => experiment.Template is { } template
        ? $"No engine of this console runs the template {template}. Start the console with OpsConsole:Backend=Aws."
        : $"No engine of this console runs {experiment.Id}.";

    private static async ValueTask<object> Done(ValueTask call)
    {
        await call;
        return true;
    }

    private async Task<StopProof> ProveHereAsync(Run? run, string runId, TimeSpan limit) => Join(await Task.WhenAll(Of(runId).Select(async engine =>
        await TryAsync(engine, "prove", token => engine.ProveStoppedAsync(runId, limit, token), limit + TimeSpan.FromMilliseconds(500), default)
        ?? Unproven(run, engine))));

    /// <summary>What is proven only if every engine that was asked says so.</summary>
    private StopProof Join(StopProof[] proofs) => proofs is [var only]
        ? only
        : new(
            proofs.All(proof => proof.Gone),
            [.. proofs.SelectMany(proof => proof.Unconfirmed)],
            proofs.Where(proof => !proof.Gone).Select(proof => proof.ExpiresAt).DefaultIfEmpty(time.GetUtcNow()).Max(),
            proofs.FirstOrDefault(proof => proof is { Gone: false, Problem: not null })?.Problem);

    /// <summary>What is known of a run whose engine does not answer: it ends by its lease, or by its plan.</summary>
    private StopProof Unproven(Run? run, IFaultEngine? engine)
    {
        var ends = time.GetUtcNow() + (engine?.LeaseDuration ?? LeaseOf(run?.Experiment));
        return new(
            Gone: false,
            [],
            engine is { IsShared: true } && run?.HardDeadline is { } deadline && deadline < ends ? deadline : ends,
            engine is { IsShared: true } ? $"{engine.Name} does not answer." : null);
    }

    /// <summary>The engine of a run; all of them if the run is not known.</summary>
    private ImmutableArray<IFaultEngine> Of(string runId) =>
        book.Find(runId) is { } run && For(run.Experiment) is { } engine ? [engine] : _engines;

    private async Task<T?> TryAsync<T>(
        IFaultEngine engine, string what, Func<CancellationToken, ValueTask<T>> call, TimeSpan patience, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // On a thread of its own: an engine that blocks instead of waiting must not hold up a halt either.
            var answer = await Task.Run(() => call(limit.Token).AsTask(), limit.Token).WaitAsync(patience, time, cancellationToken);
            _problems.TryRemove((engine.Name, what), out _);
            return answer;
        }
        catch (TimeoutException)
        {
            await limit.CancelAsync();
            LogSlow(logger, engine.Name, what, patience.TotalSeconds);
        }
        catch (EngineUnavailableException exception)
        {
            // It is asked again at every look; said once is enough.
            if (_problems.GetValueOrDefault((engine.Name, what)) != exception.Message)
            {
                _problems[(engine.Name, what)] = exception.Message;
                LogUnavailable(logger, engine.Name, what, exception.Message);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogBroken(logger, engine.Name, what, exception);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engine {Engine} did not answer “{What}” within {Seconds} s")]
    private static partial void LogSlow(ILogger logger, string engine, string what, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The engine {Engine} cannot be asked for “{What}”: {Problem}")]
    private static partial void LogUnavailable(ILogger logger, string engine, string what, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The engine {Engine} failed at “{What}”")]
    private static partial void LogBroken(ILogger logger, string engine, string what, Exception exception);
}
