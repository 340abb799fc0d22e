using System.Text.Json.Serialization;

namespace OpsConsole.Agents.Wire;

// What the console and a fault agent say to each other. Compiled into both sides, so that they cannot drift apart.
//
// No clocks are compared: every time is in milliseconds after the moment that the agent itself named in "stamp", read from its own
// monotonic clock when it last spoke. However long a message was on its way, it can therefore never make a fault live longer.

/// <summary>Everything that one instance is to do now; what is not in it ends at once.</summary>
/// <param name="Stream">Names the connection; every report repeats it.</param>
/// <param name="Epoch">An agent that has seen a higher one refuses the plan.</param>
/// <param name="Sequence">Rises with every change of the plan.</param>
/// <param name="Stamp">The agent's own moment from which the times count.</param>
/// <param name="Faults">The faults.</param>
/// <param name="Actions">What is to be done once.</param>
internal sealed record AgentPlan(
    string Stream, long Epoch, long Sequence, long Stamp, IReadOnlyList<AgentFault> Faults, IReadOnlyList<AgentAction> Actions);

/// <summary>One fault of a plan. Times are in milliseconds after <see cref="AgentPlan.Stamp"/>.</summary>
internal sealed record AgentFault(
    string FaultId,
    string RunId,
    long Epoch,
    string Kind,
    string Target,
    string? Dependency,
    string? Route,
    double DelayMs,
    double JitterMs,
    int StatusCode,
    double Share,
    long StartInMs,
    long EndInMs,
    long LeaseMs,
    long HardDeadlineMs);

/// <summary>Something to do once.</summary>
internal sealed record AgentAction(string ActionId, string Name, long TimeoutMs);

/// <summary>Renewed leases.</summary>
internal sealed record AgentLeases(long Epoch, long Sequence, long Stamp, IReadOnlyList<AgentLease> Leases);

/// <summary>One renewed lease, in milliseconds after <see cref="AgentLeases.Stamp"/>.</summary>
internal sealed record AgentLease(string FaultId, long LeaseMs);

/// <summary>What an agent says of itself.</summary>
/// <param name="Stream">The connection's name, from the plan.</param>
/// <param name="Number">Rises with every report of a connection.</param>
/// <param name="Epoch">The highest epoch that the agent has seen.</param>
/// <param name="Sequence">The newest plan that is carried out.</param>
/// <param name="Stamp">The agent's own moment, in milliseconds of its monotonic clock.</param>
/// <param name="Faults">Every fault that is in force or was lately.</param>
/// <param name="Actions">What became of the actions of the plan.</param>
/// <param name="Announces">The instances that a fleet agent can terminate.</param>
internal sealed record AgentReport(
    string Stream,
    long Number,
    long Epoch,
    long Sequence,
    long Stamp,
    IReadOnlyList<AgentFaultReport>? Faults,
    IReadOnlyList<AgentActionReport>? Actions,
    IReadOnlyList<string>? Announces);

/// <summary>What an agent says of one fault: active while it is in force or a request still waits in it, injected as often as it struck.</summary>
internal sealed record AgentFaultReport(string FaultId, string RunId, string Kind, string Target, bool Active, long Injected);

/// <summary>What became of one action.</summary>
internal sealed record AgentActionReport(string ActionId, bool Succeeded, string Detail);

/// <summary>The words of the protocol.</summary>
internal static class AgentWords
{
    public const string PlanEvent = "plan";
    public const string LeaseEvent = "lease";
    public const string PingEvent = "ping";
    public const string ReplacedEvent = "replaced";

    public const string Latency = "latency";
    public const string Error = "error";
    public const string DependencyLatency = "dependency-latency";
    public const string DependencyOutage = "dependency-outage";
    public const string InstanceTermination = "instance-termination";

    /// <summary>The instance name of the agent that acts on the instances of a service from outside.</summary>
    public const string FleetInstance = "fleet";

    /// <summary>Before the name of a dependency among the capabilities.</summary>
    public const string DependencyPrefix = "dependency:";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AgentPlan))]
[JsonSerializable(typeof(AgentLeases))]
[JsonSerializable(typeof(AgentReport))]
internal sealed partial class AgentJson : JsonSerializerContext;
