using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Live;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Core.Parameters;

/// <summary>A parameter of the shared store, as last read. A secret one has no value here: it is never asked for.</summary>
/// <param name="Name">Its full name, e.g. <c>/opsconsole/environment</c>.</param>
/// <param name="Kind">What the store calls its type.</param>
/// <param name="Value">Its value; <see langword="null"/> if it is secret.</param>
/// <param name="Version">How often it was set.</param>
/// <param name="ChangedAt">When it was last set.</param>
public sealed record ParameterReading(string Name, string Kind, string? Value, long Version, DateTimeOffset? ChangedAt)
{
    /// <summary>What it says, in a few words; empty if it says nothing that the console knows.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>Why its value is not in force; one sentence.</summary>
    public string? Problem { get; init; }

    /// <summary>The last value that could be used; it stays in force while the newest cannot.</summary>
    public string? InForce { get; init; }
}

/// <summary>What the shared parameters say, as last read.</summary>
public sealed record ParameterSnapshot
{
    /// <summary>Before they were read, or without a store of parameters.</summary>
    public static ParameterSnapshot Empty { get; } = new();

    /// <summary>The path below which they lie; empty if none are read.</summary>
    public string Path { get; init; } = "";

    /// <summary>Every parameter below the path, by name.</summary>
    public ImmutableArray<ParameterReading> Readings { get; init; } = [];

    /// <summary>When they were last read; <see langword="null"/> before the first time.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>Why they could not be read the last time; <see langword="null"/> if they could.</summary>
    public string? Problem { get; init; }

    /// <summary>The environment that they belong to; <see langword="null"/> if they do not say.</summary>
    public string? Environment { get; init; }

    /// <summary>The engine's template for a type of experiment, by the key of the experiment.</summary>
    public ImmutableSortedDictionary<string, string> Templates { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The name of the parameter that gives an experiment its template.</summary>
    /// <param name="experiment">The experiment's key.</param>
    public string TemplateParameter(string experiment) => $"{Path}/experiments/{experiment}/template";

    /// <summary>What a new experiment's safeguards are when nobody says; <see langword="null"/> members say nothing.</summary>
    public Safeguards SafeguardDefaults { get; init; } = new(MaxErrorRate: null, MaxLatency: null);

    /// <summary>Runbooks that are defined by parameters.</summary>
    public ImmutableSortedDictionary<string, Runbook> Runbooks { get; init; } = ImmutableSortedDictionary.Create<string, Runbook>(StringComparer.Ordinal);
}

/// <summary>The live state of the shared parameters. Without a store of parameters nothing is ever published.</summary>
public sealed class ParameterFeed() : LiveFeed<ParameterSnapshot>(ParameterSnapshot.Empty);
