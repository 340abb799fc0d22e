using System.Collections.Frozen;
using OpsConsole.Agents.Wire;

namespace OpsConsole.Embedded.Faults;

/// <summary>What the engine knows of one agent. Everything in it is read and written under the engine's lock.</summary>
internal sealed class Agent(string service, string instance)
{
    public string Service { get; } = service;

    public string Instance { get; } = instance;

    public bool IsFleet => Instance == AgentWords.FleetInstance;

    /// <summary>The connection that counts, or <see langword="null"/> while there is none.</summary>
    public string? Stream { get; set; }

    public FrozenSet<string> Capabilities { get; set; } = FrozenSet<string>.Empty;

    public FrozenSet<string> Announces { get; set; } = FrozenSet<string>.Empty;

    /// <summary>The agent's own moment when it last spoke; the times of every message to it count from here.</summary>
    public long Stamp { get; set; }

    /// <summary>When it last spoke, on the console's monotonic clock.</summary>
    public long HeardAt { get; set; }

    /// <summary>When it last reported; <see langword="null"/> if it never did.</summary>
    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>The newest plan that was made for it.</summary>
    public long Sequence { get; set; }

    /// <summary>The newest report of the current connection.</summary>
    public AgentReport? Report { get; set; }

    public Dictionary<string, PendingAction> Actions { get; } = new(StringComparer.Ordinal);

    /// <summary>Wakes the connection's writer.</summary>
    public Pulse Wake { get; } = new();

    /// <summary>Counts the renewals, so that the writer knows whether there is one to be told.</summary>
    public long Renewals { get; set; }
}

/// <summary>An action whose outcome is awaited.</summary>
internal sealed record PendingAction(
    string Name, long Deadline, TaskCompletionSource<(bool Succeeded, string Detail)> Outcome);
