using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments.Templates;

/// <summary>A resource that a template would strike.</summary>
/// <param name="Target">The name of the target in the template.</param>
/// <param name="ResourceType">E.g. <c>aws:ec2:instance</c>.</param>
/// <param name="Resource">Which one: its ARN, or what else names it.</param>
public sealed record ResolvedResource(string Target, string ResourceType, string Resource);

/// <summary>The newest dry run of a template: which resources it would strike, found out without striking them.</summary>
public sealed record DryRun
{
    /// <summary>How many resources are kept; the count goes on.</summary>
    public const int MostResources = 200;

    /// <summary>After so long one that has no end was left behind by a console that died.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The template.</summary>
    public required string Template { get; init; }

    /// <summary>What names this dry run to the engine, so that a repetition starts no second one.</summary>
    public required string Token { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over; <see langword="null"/> while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether its targets were resolved.</summary>
    public bool Succeeded { get; init; }

    /// <summary>Where it stands, or what came of it; one sentence.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The engine's own name of it, e.g. the id of the experiment in FIS.</summary>
    public string? Reference { get; init; }

    /// <summary>How many resources it found.</summary>
    public int Found { get; init; }

    /// <summary>The first of them, <see cref="MostResources"/> at most.</summary>
    public ImmutableArray<ResolvedResource> Resources { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Whether it goes on now.</summary>
    /// <param name="now">The time.</param>
    public bool IsGoingOn(DateTimeOffset now) => EndedAt is null && now - StartedAt < Longest;
}
