using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>One instance that can be touched.</summary>
/// <param name="Name">The instance's <c>service.instance.id</c>.</param>
/// <param name="Connected">Whether an agent that could let go of a fault there answers now.</param>
public sealed record FaultTarget(string Name, bool Connected);

/// <summary>One fault at one instance.</summary>
/// <param name="FaultId">Unique; names the fault in reports and read-backs.</param>
/// <param name="Target">The instance.</param>
/// <param name="Spec">What is injected.</param>
public sealed record PlannedFault(string FaultId, string Target, FaultSpec Spec);

/// <summary>What the engine is to do for a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Service">The service whose instances are touched.</param>
/// <param name="Faults">Every fault at every instance.</param>
/// <param name="StartedAt">When the run started; <see cref="FaultSpec.StartAfter"/> counts from here.</param>
/// <param name="HardDeadline">When every fault ends, renewed or not.</param>
/// <param name="Template">The template that says what is injected; <see langword="null"/> if <paramref name="Faults"/> do.</param>
public sealed record FaultOrder(
    string RunId, string Service, ImmutableArray<PlannedFault> Faults, DateTimeOffset StartedAt, DateTimeOffset HardDeadline, string? Template = null);

/// <summary>What an instance last said of a fault.</summary>
/// <param name="FaultId">The fault.</param>
/// <param name="Target">The instance.</param>
/// <param name="Kind">What is injected.</param>
/// <param name="Active">Whether it is in force; <see langword="null"/> if the instance has not answered since the last change.</param>
/// <param name="Injected">How often it struck so far.</param>
/// <param name="ReportedAt">When the instance said so; <see langword="null"/> if it never did.</param>
/// <param name="Detail">What else was said of it, e.g. the state of an action; <see langword="null"/> if nothing.</param>
public sealed record FaultReport(
    string FaultId, string Target, FaultKind Kind, bool? Active, long Injected, DateTimeOffset? ReportedAt, string? Detail = null);

/// <summary>Whether a run's faults are proven gone.</summary>
/// <param name="Gone">Every instance answered after the stop that nothing is active and its injected counter no longer moves.</param>
/// <param name="Unconfirmed">The instances that have not proven it.</param>
/// <param name="ExpiresAt">When what is unconfirmed ends by itself at the latest.</param>
/// <param name="Problem">Why it could not be ended or read back, if the engine says so; one sentence.</param>
public sealed record StopProof(bool Gone, ImmutableArray<string> Unconfirmed, DateTimeOffset ExpiresAt, string? Problem = null);

/// <summary>What became of a start.</summary>
public abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    /// <summary>The faults are on their way.</summary>
    /// <param name="Reference">The engine's own name of the run, if it has one.</param>
    public sealed record Started(string? Reference = null) : StartOutcome;

    /// <summary>Nothing was started.</summary>
    /// <param name="Problem">Why, and what would mend it; one sentence.</param>
    public sealed record Refused(string Problem) : StartOutcome;
}

/// <summary>What became of an action at the fleet, e.g. <c>scale-up-resources</c>.</summary>
/// <param name="Succeeded">Whether it was done.</param>
/// <param name="Detail">What was done, or why not; one sentence.</param>
public sealed record ActionOutcome(bool Succeeded, string Detail);

/// <summary>The engine cannot be asked now. The message says why and what would mend it; one sentence.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The vendor's exception.</param>
public sealed class EngineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How a run as a whole stands with an engine that carries it on by itself.</summary>
public abstract record EngineStanding
{
    private EngineStanding()
    {
    }

    /// <summary>It goes on, or has not been heard of yet.</summary>
    public sealed record Going : EngineStanding
    {
        /// <summary>The only one.</summary>
        public static Going On { get; } = new();
    }

    /// <summary>It ran to its end.</summary>
    /// <param name="Why">What the engine says; one sentence.</param>
    public sealed record Completed(string Why) : EngineStanding;

    /// <summary>It was stopped, and not by this console.</summary>
    /// <param name="Why">What the engine says; one sentence.</param>
    /// <param name="Limit">The limit of the engine's own that stopped it, e.g. an alarm, in words; <see langword="null"/> if none did.</param>
    public sealed record Stopped(string Why, string? Limit) : EngineStanding;

    /// <summary>It could not be carried out.</summary>
    /// <param name="Why">What the engine says; one sentence.</param>
    public sealed record Failed(string Why) : EngineStanding;
}

/// <summary>A run that goes on in an engine, whoever started it.</summary>
public sealed record EngineRun
{
    /// <summary>The run's id: of the console that started it, else one that the engine derives from its own name of it.</summary>
    public required string RunId { get; init; }

    /// <summary>The engine's own name of it.</summary>
    public required string Reference { get; init; }

    /// <summary>What is run, as far as the engine knows.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What it does.</summary>
    public ImmutableArray<PlannedFault> Faults { get; init; } = [];
}

/// <summary>
/// Who injects faults. No fault outlives its console, what is not renewed ends by itself; unless the engine <see cref="IsShared"/>, and ends it
/// by its own plan. A call that cannot be made now throws <see cref="EngineUnavailableException"/>.
/// </summary>
public interface IFaultEngine
{
    /// <summary>The name on screen, e.g. <c>embedded</c>.</summary>
    string Name { get; }

    /// <summary>How long a fault lives without being renewed.</summary>
    TimeSpan LeaseDuration { get; }

    /// <summary>
    /// Whether every replica of the console reaches the engine by itself, and what it injects goes on when a console ends. If not, its agents
    /// are connected to the leader alone, and what they hold ends with it.
    /// </summary>
    bool IsShared => false;

    /// <summary>Whether it is this engine that runs such experiments.</summary>
    /// <param name="experiment">The definition.</param>
    bool Carries(Experiment experiment) => experiment.Template is null;

    /// <summary>How a run stands, where the engine itself may end it. Never waits for long.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<EngineStanding> StandingAsync(string runId, CancellationToken cancellationToken) => new(EngineStanding.Going.On);

    /// <summary>
    /// Every run that goes on in an engine that outlives the console, also those that were started past this console. Empty for an engine whose
    /// faults end with it.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<EngineRun>> RunsAsync(CancellationToken cancellationToken) => new(Array.Empty<EngineRun>());

    /// <summary>The instances of a service that can be touched, by name.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<FaultTarget>> TargetsAsync(string service, CancellationToken cancellationToken);

    /// <summary>Starts a run's faults. Safe to repeat.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StartOutcome> StartAsync(FaultOrder order, CancellationToken cancellationToken);

    /// <summary>Renews the lease of a run's faults, unless it has run out. Only a supervisor that holds a fresh sample may call it.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask RenewAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Orders a run's faults to end. Safe to repeat, and for a run that is unknown. Never waits for a store.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask StopAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Ends every fault, known or not, and makes every older order worthless (the durable epoch rises). Never waits for a store.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The runs that were active, also those that this console never ordered; what ends at once is listed by nobody afterwards.</returns>
    ValueTask<IReadOnlyList<string>> StopEverythingAsync(CancellationToken cancellationToken);

    /// <summary>Waits until a stopped run's faults are proven gone.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<StopProof> ProveStoppedAsync(string runId, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>What the instances say of a run's faults.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<FaultReport>> ReadAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Every run of which an instance says that a fault is active, owned by this console or not.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<string>> ActiveRunsAsync(CancellationToken cancellationToken);

    /// <summary>Carries out an action at the fleet of a service.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="action">The action's name, e.g. <c>scale-up-resources</c>.</param>
    /// <param name="patience">How long to wait for its outcome at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ActionOutcome> PerformAsync(string service, string action, TimeSpan patience, CancellationToken cancellationToken);
}
