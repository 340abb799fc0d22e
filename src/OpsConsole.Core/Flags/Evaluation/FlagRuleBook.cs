using System.Collections.Frozen;

namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>Every flag's rule by its key, with the prerequisites linked. Immutable; replaced as a whole.</summary>
internal sealed class FlagRuleBook
{
    private readonly FrozenDictionary<string, FlagRule> _rules;

    private FlagRuleBook(FrozenDictionary<string, FlagRule> rules)
    {
        _rules = rules;
        NeedsLease = rules.Values.Any(rule => rule.NeedsLease);
    }

    public static FlagRuleBook Empty { get; } = new(FrozenDictionary<string, FlagRule>.Empty);

    public int Count => _rules.Count;

    public IEnumerable<FlagRule> Rules => _rules.Values;

    /// <summary>Whether any ON rests on a permission that runs out.</summary>
    public bool NeedsLease { get; }

    public FlagRule? Find(string key) => _rules.TryGetValue(key, out var rule) ? rule : null;

    /// <summary>
    /// Links the flags. A prerequisite that is unknown, or that waits for the flag which waits for it, is never met: such flags are OFF.
    /// </summary>
    public static FlagRuleBook Link(IEnumerable<FlagDefinition> definitions)
    {
        var byKey = definitions.ToDictionary(definition => definition.Key, StringComparer.Ordinal);
        var linked = new Dictionary<string, FlagRule?>(byKey.Count, StringComparer.Ordinal);
        foreach (var key in byKey.Keys)
        {
            Link(key, byKey, linked);
        }

        return new(byKey.Keys.ToFrozenDictionary(
            key => key, key => linked[key] ?? new FlagRule(byKey[key], prerequisites: null), StringComparer.Ordinal));
    }

    /// <summary>The way from a flag over its prerequisites back to itself, or <see langword="null"/> if there is none.</summary>
    /// <param name="key">The flag.</param>
    /// <param name="prerequisitesOf">The prerequisites of each flag.</param>
    public static IReadOnlyList<string>? FindCycle(string key, Func<string, IReadOnlyList<string>> prerequisitesOf)
    {
        var way = new List<string> { key };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Walk(key) ? way : null;

        bool Walk(string at)
        {
            foreach (var next in prerequisitesOf(at))
            {
                way.Add(next);
                if (string.Equals(next, key, StringComparison.Ordinal) || (seen.Add(next) && Walk(next)))
                {
                    return true;
                }

                way.RemoveAt(way.Count - 1);
            }

            return false;
        }
    }

    /// <summary>The linked rule; <see langword="null"/> while it is being linked, which is how a cycle shows.</summary>
    private static FlagRule? Link(
        string key, Dictionary<string, FlagDefinition> byKey, Dictionary<string, FlagRule?> linked)
    {
        if (linked.TryGetValue(key, out var known) || !byKey.TryGetValue(key, out var definition))
        {
            return known;
        }

        linked[key] = null;
        var prerequisites = new FlagRule[definition.Prerequisites.Count];
        var complete = true;
        for (var i = 0; i < prerequisites.Length; i++)
        {
            complete &= (prerequisites[i] = Link(definition.Prerequisites[i], byKey, linked)!) is not null;
        }

        return linked[key] = new FlagRule(definition, complete ? prerequisites : null);
    }
}
