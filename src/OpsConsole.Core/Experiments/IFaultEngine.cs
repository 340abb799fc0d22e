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
public sealed record FaultOrder(
    string RunId, string Service, ImmutableArray<PlannedFault> Faults, DateTimeOffset StartedAt, DateTimeOffset HardDeadline);

/// <summary>What an instance last said of a fault.</summary>
/// <param name="FaultId">The fault.</param>
/// <param name="Target">The instance.</param>
/// <param name="Kind">What is injected.</param>
/// <param name="Active">Whether it is in force; <see langword="null"/> if the instance has not answered since the last change.</param>
/// <param name="Injected">How often it struck so far.</param>
/// <param name="ReportedAt">When the instance said so; <see langword="null"/> if it never did.</param>
public sealed record FaultReport(
    string FaultId, string Target, FaultKind Kind, bool? Active, long Injected, DateTimeOffset? ReportedAt);

/// <summary>Whether a run's faults are proven gone.</summary>
/// <param name="Gone">Every instance answered after the stop that nothing is active and its injected counter no longer moves.</param>
/// <param name="Unconfirmed">The instances that have not proven it.</param>
/// <param name="ExpiresAt">When what is unconfirmed ends by itself at the latest.</param>
public sealed record StopProof(bool Gone, ImmutableArray<string> Unconfirmed, DateTimeOffset ExpiresAt);

/// <summary>What became of a start.</summary>
public abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    /// <summary>The faults are on their way.</summary>
    public sealed record Started : StartOutcome;

    /// <summary>Nothing was started.</summary>
    /// <param name="Problem">Why, and what would mend it; one sentence.</param>
    public sealed record Refused(string Problem) : StartOutcome;
}

/// <summary>What became of an action at the fleet, e.g. <c>scale-up-resources</c>.</summary>
/// <param name="Succeeded">Whether it was done.</param>
/// <param name="Detail">What was done, or why not; one sentence.</param>
public sealed record ActionOutcome(bool Succeeded, string Detail);

/// <summary>Who injects faults. No fault outlives its console: what is not renewed ends by itself.</summary>
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
    ValueTask StopEverythingAsync(CancellationToken cancellationToken);

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
