using System.Collections.Immutable;

namespace OpsConsole.Core.Runbooks;

/// <summary>A procedure that is carried out elsewhere, step by step: what an action's name stands for.</summary>
public sealed record Runbook
{
    /// <summary>Its name, as experiments and people call it, e.g. <c>scale-up-resources</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a few words.</summary>
    public string Title { get; init; } = "";

    /// <summary>The document that says its steps.</summary>
    public required string Document { get; init; }

    /// <summary>The version of the document; empty for its default one.</summary>
    public string Version { get; init; } = "";

    /// <summary>The parameters that it is started with, by name; a value may hold <see cref="Placeholders"/>.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Parameters { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>Where it is defined, in words, e.g. <c>settings</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whether one of its parameters holds a placeholder.</summary>
    /// <param name="placeholder">The placeholder's name, e.g. <see cref="Placeholders.Service"/>.</param>
    public bool Uses(string placeholder) =>
        Parameters.Values.Any(values => values.Any(value => Placeholders.NamesIn(value).Contains(placeholder, StringComparer.Ordinal)));
}

/// <summary>The runbooks that can be started now.</summary>
/// <param name="Runbooks">The runbooks by name.</param>
/// <param name="Problems">What is wrong with definitions that are left out, or that stand as they last were; sentences.</param>
public sealed record RunbookCatalog(ImmutableSortedDictionary<string, Runbook> Runbooks, ImmutableArray<string> Problems)
{
    /// <summary>Without any.</summary>
    public static RunbookCatalog Empty { get; } = new(ImmutableSortedDictionary.Create<string, Runbook>(StringComparer.Ordinal), []);

    /// <summary>One of them, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    public Runbook? Find(string name) => Runbooks.GetValueOrDefault(name);
}
