using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using OpsConsole.Aws.Runbooks;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;

namespace OpsConsole.Aws.Parameters;

/// <summary>
/// What the parameters below the path mean. A value that cannot be used is named and ignored, and the last one that could stays in force; a
/// parameter that is gone says nothing any more.
/// </summary>
internal static partial class ParameterTree
{
    private const string Secret = "SecureString";
    private const string Known = "environment, experiments/{type}/template, safeguards/max-error-rate, safeguards/max-latency, actions/{name}";

    /// <summary>What the parameters say now.</summary>
    /// <param name="path">The path below which they lie.</param>
    /// <param name="found">The parameters, without the values of secret ones.</param>
    /// <param name="before">What they said the last time.</param>
    public static ParameterSnapshot Read(string path, IEnumerable<ParameterReading> found, ParameterSnapshot before)
    {
        var snapshot = ParameterSnapshot.Empty with { Path = path };
        var readings = ImmutableArray.CreateBuilder<ParameterReading>();
        foreach (var reading in found.OrderBy(reading => reading.Name, StringComparer.Ordinal))
        {
            var name = reading.Name.StartsWith(path + "/", StringComparison.Ordinal) ? reading.Name[(path.Length + 1)..] : reading.Name;
            if (Entry.Of(name) is not { } entry)
            {
                readings.Add(reading with { Problem = $"{reading.Name} says nothing to this console. It knows {Known}." });
                continue;
            }

            var (read, problem) = reading.Kind == Secret
                ? (null, $"{reading.Name} is a SecureString, which this console never decrypts. Store it as String.")
                : entry.TryRead(reading.Name, reading.Value ?? "");
            var inForce = reading.Value;
            if (read is null)
            {
                inForce = before.Readings.FirstOrDefault(last => last.Name == reading.Name)?.InForce;
                read = inForce is null ? null : entry.TryRead(reading.Name, inForce).Change;
                problem += inForce is null ? " It is ignored." : $" “{inForce}” stays in force.";
            }

            snapshot = read?.Invoke(snapshot) ?? snapshot;
            readings.Add(reading with { Meaning = entry.Meaning, Problem = problem, InForce = inForce });
        }

        return snapshot with { Readings = readings.ToImmutable() };
    }

    private sealed record Entry(string Meaning, Func<string, string, (Func<ParameterSnapshot, ParameterSnapshot>? Change, string? Problem)> TryRead)
    {
        public static Entry? Of(string name) => name.Split('/') switch
        {
            ["environment"] => new("environment", ReadEnvironment),
            ["safeguards", "max-error-rate"] => new(
                "default of maxErrorRate, %",
                (full, value) => ReadLimit(full, value, 100, "%", (defaults, limit) => defaults with { MaxErrorRate = limit })),
            ["safeguards", "max-latency"] => new(
                "default of maxLatency, ms",
                (full, value) => ReadLimit(full, value, 600_000, "ms", (defaults, limit) => defaults with { MaxLatency = limit })),
            ["experiments", var type, "template"] => new($"template of {type}", (full, value) => ReadTemplate(full, type, value)),
            ["actions", var action] => new($"runbook {action}", (full, value) => ReadRunbook(full, action, value)),
            _ => null,
        };
    }

    private static (Func<ParameterSnapshot, ParameterSnapshot>?, string?) ReadEnvironment(string full, string value) => Name.IsMatch(value)
        ? (snapshot => snapshot with { Environment = value }, null)
        : (null, $"{full} must be the name of an environment, 1 to 100 letters, digits, dots and dashes, not “{Short(value)}”.");

    private static (Func<ParameterSnapshot, ParameterSnapshot>?, string?) ReadTemplate(string full, string type, string value) => ExperimentRules.IsTemplateId(value)
        ? (snapshot => snapshot with { Templates = snapshot.Templates.SetItem(type, value) }, null)
        : (null, $"{full} must be the id of an experiment template, e.g. EXT1a2b3c4d5e6f7, not “{Short(value)}”.");

    private static (Func<ParameterSnapshot, ParameterSnapshot>?, string?) ReadLimit(
        string full, string value, double most, string unit, Func<Safeguards, double, Safeguards> set) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit) && limit > 0 && limit <= most
            ? (snapshot => snapshot with { SafeguardDefaults = set(snapshot.SafeguardDefaults, limit) }, null)
            : (null, string.Create(CultureInfo.InvariantCulture, $"{full} must be a number over 0 and up to {most} {unit}, not “{Short(value)}”."));

    private static (Func<ParameterSnapshot, ParameterSnapshot>?, string?) ReadRunbook(string full, string action, string value)
    {
        var (runbook, problem) = RunbookDefinitions.Parse(action, value, full);
        return runbook is null
            ? (null, $"{full} is no runbook: {problem}")
            : (snapshot => snapshot with { Runbooks = snapshot.Runbooks.SetItem(action, runbook) }, null);
    }

    private static string Short(string value) => value.Length <= 60 ? value : value[..60] + "…";

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,100}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex Name { get; }
}
