using System.Collections.Immutable;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Experiments;

/// <summary>The safety lever. While it is engaged every run is halted and none may start.</summary>
/// <param name="Engaged">Whether it is engaged.</param>
/// <param name="Actor">Who moved it last.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record SafetyLever(bool Engaged, string Actor, string Reason, DateTimeOffset? At)
{
    /// <summary>As it is when nobody ever moved it.</summary>
    public static SafetyLever Disengaged { get; } = new(false, "", "", null);
}

/// <summary>The runs that are not over yet, the newest that are, and the safety lever.</summary>
/// <param name="Active">Runs that are not over, oldest first.</param>
/// <param name="Recent">The newest runs that are over, newest first, 20 at most.</param>
/// <param name="Lever">The safety lever.</param>
public sealed record RunSnapshot(ImmutableList<Run> Active, ImmutableList<Run> Recent, SafetyLever Lever)
{
    /// <summary>Before the runs were read.</summary>
    public static RunSnapshot Empty { get; } = new([], [], SafetyLever.Disengaged);
}

/// <summary>The live state of runs and of the safety lever.</summary>
public sealed class RunFeed() : LiveFeed<RunSnapshot>(RunSnapshot.Empty);
