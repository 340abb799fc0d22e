using System.Collections.Immutable;

namespace OpsConsole.Core.Flags;

/// <summary>
/// The limits on vital signs that must hold for a flag to be served; breached when strictly over the limit.
/// A limit that is <see langword="null"/> does not count.
/// </summary>
public sealed record FlagConditions
{
    /// <summary>The service whose vital signs are looked at.</summary>
    public required string Service { get; init; }

    /// <summary>Percent, 0 to 100.</summary>
    public double? MaxErrorRate { get; init; }

    /// <summary>95th percentile of latency in milliseconds.</summary>
    public double? MaxLatency { get; init; }

    /// <summary>Percent, 0 to 100.</summary>
    public double? MaxCpuUtilization { get; init; }

    /// <summary>Open connections.</summary>
    public double? MaxActiveConnections { get; init; }

    /// <summary>Requests per second.</summary>
    public double? MaxThroughput { get; init; }

    /// <summary>How long every limit must have held before the flag is served again; 0 s to 1 h.</summary>
    public TimeSpan RecoverFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Once shed, stay shed until a person resets it.</summary>
    public bool Latch { get; init; }

    /// <summary>Go on serving when there is no fresh evidence. Off by default; setting it is audited.</summary>
    public bool HoldThroughUnknown { get; init; }
}

/// <summary>Whether a flag may be shed in bulk.</summary>
public enum FlagTier
{
    /// <summary>May be shed in bulk.</summary>
    Sheddable,

    /// <summary>Never shed in bulk.</summary>
    Essential,
}

/// <summary>A boolean flag: the operator's intent and what must hold for it to be served.</summary>
public sealed record Flag
{
    /// <summary>Its key: letters, digits, dots, dashes and underscores, 1 to 100 characters.</summary>
    public required string Key { get; init; }

    /// <summary>What it turns on, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The intent: what the operator set. Nothing but an operator changes it.</summary>
    public bool Enabled { get; init; }

    /// <summary>The share of targeting keys that are served, 0 to 100; <see langword="null"/> for everybody.</summary>
    public int? Percentage { get; init; }

    /// <summary>Flags that must be served, too.</summary>
    public ImmutableArray<string> Prerequisites { get; init; } = [];

    /// <summary>What must hold for it to be served; <see langword="null"/> for nothing.</summary>
    public FlagConditions? Conditions { get; init; }

    /// <summary>Whether it may be shed in bulk.</summary>
    public FlagTier Tier { get; init; } = FlagTier.Sheddable;

    /// <summary>Lower is shed earlier.</summary>
    public int ShedOrder { get; init; } = 100;

    /// <summary>How often a person has reset the latch. A gate that was latched before the newest reset may open again.</summary>
    public int LatchResets { get; init; }

    /// <summary>Archived flags are served OFF and kept for the record.</summary>
    public bool Archived { get; init; }

    /// <summary>Whether another flag is the same in every member; unlike <c>==</c>, it looks into <see cref="Prerequisites"/>.</summary>
    /// <param name="other">The other flag.</param>
    public bool IsSameAs(Flag other) =>
        this with { Prerequisites = [] } == other with { Prerequisites = [] }
        && (Prerequisites.IsDefaultOrEmpty ? other.Prerequisites.IsDefaultOrEmpty
            : !other.Prerequisites.IsDefault && Prerequisites.SequenceEqual(other.Prerequisites, StringComparer.Ordinal));
}
