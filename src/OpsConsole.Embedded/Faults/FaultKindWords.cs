using OpsConsole.Agents.Wire;
using OpsConsole.Core.Experiments;

namespace OpsConsole.Embedded.Faults;

/// <summary>How the kinds of faults are called on the wire.</summary>
internal static class FaultKindWords
{
    public static string ToWord(this FaultKind kind) => kind switch
    {
        FaultKind.Latency => AgentWords.Latency,
        FaultKind.Error => AgentWords.Error,
        FaultKind.DependencyLatency => AgentWords.DependencyLatency,
        FaultKind.DependencyOutage => AgentWords.DependencyOutage,
        FaultKind.InstanceTermination => AgentWords.InstanceTermination,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of fault."),
    };

    public static FaultKind? FromWord(string word) => word switch
    {
        AgentWords.Latency => FaultKind.Latency,
        AgentWords.Error => FaultKind.Error,
        AgentWords.DependencyLatency => FaultKind.DependencyLatency,
        AgentWords.DependencyOutage => FaultKind.DependencyOutage,
        AgentWords.InstanceTermination => FaultKind.InstanceTermination,
        _ => null,
    };
}
