using System.Collections.Immutable;
using OpsConsole.Core.Health;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Flags;

/// <summary>How far a vital sign is from the limit of a condition.</summary>
/// <param name="Sign">Which sign.</param>
/// <param name="Limit">The limit, in the sign's unit.</param>
/// <param name="Value">The value now; <see langword="null"/> without evidence.</param>
/// <param name="Breached">Whether the value is over the limit.</param>
public sealed record ConditionMargin(VitalSign Sign, double Limit, double? Value, bool Breached);

/// <summary>A flag and what is decided about it now, for a caller without a targeting key.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Revision">Its revision in the store.</param>
/// <param name="Served">What an application gets (with a percentage: whether anybody is served).</param>
/// <param name="Reason">OpenFeature's reason: STATIC, SPLIT, TARGETING_MATCH (health or a prerequisite decided), DISABLED or UNKNOWN.</param>
/// <param name="Why">The one sentence that says why.</param>
/// <param name="GateOpen">Whether health allows it; <see langword="true"/> for a flag without conditions.</param>
/// <param name="Shed">Intent ON, served OFF because of a condition.</param>
/// <param name="Margins">One for each limit.</param>
/// <param name="GateSince">Since when the gate is as it is.</param>
public sealed record FlagView(
    Flag Flag,
    long Revision,
    bool Served,
    string Reason,
    string Why,
    bool GateOpen,
    bool Shed,
    ImmutableArray<ConditionMargin> Margins,
    DateTimeOffset? GateSince)
{
    /// <summary>Shut until a person resets it.</summary>
    public bool Latched { get; init; }
}

/// <summary>Every flag and what is decided about it.</summary>
/// <param name="Version">Rises when what any application gets may have changed.</param>
/// <param name="At">When the decisions were made; they are made anew with every look at health.</param>
/// <param name="Flags">Every flag that is not archived, and those that are, by key.</param>
public sealed record FlagSnapshot(long Version, DateTimeOffset At, ImmutableSortedDictionary<string, FlagView> Flags)
{
    /// <summary>Before the flags were read.</summary>
    public static FlagSnapshot Empty { get; } =
        new(0, DateTimeOffset.UnixEpoch, ImmutableSortedDictionary.Create<string, FlagView>(StringComparer.Ordinal));
}

/// <summary>The live decisions about every flag; published after every change and every look at health.</summary>
public sealed class FlagFeed() : LiveFeed<FlagSnapshot>(FlagSnapshot.Empty);
