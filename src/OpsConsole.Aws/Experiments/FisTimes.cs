using System.Xml;

namespace OpsConsole.Aws.Experiments;

/// <summary>How long the actions of a template take. FIS says durations as ISO 8601 in the parameters of actions.</summary>
internal static class FisTimes
{
    /// <summary>How long FIS may take to begin, and to end, beside the actions.</summary>
    public static TimeSpan Slack { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest duration among the parameters of an action; <see langword="null"/> if there is none.</summary>
    public static TimeSpan? Duration(IReadOnlyDictionary<string, string>? parameters) => (parameters ?? Enumerable.Empty<KeyValuePair<string, string>>())
        .Where(parameter => parameter.Key.Contains("duration", StringComparison.OrdinalIgnoreCase))
        .Select(parameter => Parse(parameter.Value))
        .Max();

    /// <summary>When all actions are done at the latest, from the start on: the longest way along their order.</summary>
    /// <param name="actions">Duration and predecessors of each, by name.</param>
    public static TimeSpan Longest(IReadOnlyDictionary<string, (TimeSpan? Duration, IReadOnlyList<string> StartAfter)> actions)
    {
        var ends = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

        TimeSpan End(string name, int depth)
        {
            if (ends.TryGetValue(name, out var known) || depth > actions.Count || !actions.TryGetValue(name, out var action))
            {
                return known;
            }

            var begins = action.StartAfter.Select(before => End(before, depth + 1)).DefaultIfEmpty(TimeSpan.Zero).Max();
            return ends[name] = begins + (action.Duration ?? TimeSpan.Zero);
        }

        var longest = actions.Keys.Select(name => End(name, 0)).DefaultIfEmpty(TimeSpan.Zero).Max() + Slack;
        return longest < FisCalls.LongestExperiment ? longest : FisCalls.LongestExperiment;
    }

    private static TimeSpan? Parse(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            // Some parameters are called so and are no durations.
            return null;
        }
    }
}
