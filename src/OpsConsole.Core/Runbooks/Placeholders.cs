using System.Text.RegularExpressions;

namespace OpsConsole.Core.Runbooks;

/// <summary>What parameters of runbooks may hold in braces, and how it is filled in.</summary>
public static partial class Placeholders
{
    /// <summary>The service that the runbook is for.</summary>
    public const string Service = "service";

    /// <summary>The console's environment.</summary>
    public const string Environment = "environment";

    /// <summary>The run whose rollback it is; by hand the execution itself.</summary>
    public const string RunId = "runId";

    /// <summary>The experiment of that run; by hand nothing.</summary>
    public const string Experiment = "experiment";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Service, Environment, RunId, Experiment];

    /// <summary>The names in braces that a text holds, known or not.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<string> NamesIn(string text) => Braces.Matches(text).Select(match => match.Groups["name"].Value);

    /// <summary>The text with every placeholder filled in; one without a value stays as it is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="values">The values by name.</param>
    public static string Fill(string text, IReadOnlyDictionary<string, string> values) =>
        Braces.Replace(text, match => values.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    [GeneratedRegex(@"\{(?<name>[A-Za-z]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Braces { get; }
}
