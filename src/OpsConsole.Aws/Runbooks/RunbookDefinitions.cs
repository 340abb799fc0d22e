using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Aws.Runbooks;

/// <summary>What Systems Manager takes as a document with parameters, and how a definition is written as JSON in Parameter Store.</summary>
internal static partial class RunbookDefinitions
{
    private const int MostParameters = 200, LongestName = 50, MostValues = 50, LongestValue = 512;

    /// <summary>A runbook from <c>{"document": "…", "version": "…", "title": "…", "parameters": {"Name": "value" or ["value", …]}}</c>.</summary>
    public static (Runbook? Runbook, string? Problem) Parse(string name, string json, string source)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            var runbook = new Runbook { Name = name, Document = "", Source = source };
            foreach (var member in parsed.RootElement.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "document":
                        runbook = runbook with { Document = Text(member) };
                        break;
                    case "version":
                        runbook = runbook with { Version = Text(member) };
                        break;
                    case "title":
                        runbook = runbook with { Title = Text(member) };
                        break;
                    case "parameters" when member.Value.ValueKind == JsonValueKind.Object:
                        runbook = runbook with
                        {
                            Parameters = member.Value.EnumerateObject().ToImmutableSortedDictionary(
                                parameter => parameter.Name, Values, StringComparer.Ordinal),
                        };
                        break;
                    default:
                        return (null, $"“{member.Name}” is not known; write document, version, title and parameters.");
                }
            }

            return Problems(runbook).FirstOrDefault() is { } problem ? (null, problem) : (runbook, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            return (null, "write JSON such as {\"document\": \"Name\", \"version\": \"3\", \"parameters\": {\"Group\": \"{service}-asg\"}}.");
        }
    }

    /// <summary>What Systems Manager would not take; empty if nothing.</summary>
    public static IEnumerable<string> Problems(Runbook runbook)
    {
        if (!RunbookName.IsMatch(runbook.Name))
        {
            yield return $"The name “{runbook.Name}” must be 1 to 60 lower-case letters, digits and dashes, starting with a letter.";
        }

        foreach (var problem in RunbookRules.Problems(runbook))
        {
            yield return problem;
        }

        if (runbook.Document.Length > 0 && !DocumentName.IsMatch(runbook.Document))
        {
            yield return $"Document “{runbook.Document}” is no name or ARN of a document.";
        }

        if (runbook.Version.Length > 0 && !DocumentVersion.IsMatch(runbook.Version))
        {
            yield return $"Version “{runbook.Version}” must be a number, $DEFAULT or $LATEST.";
        }

        if (runbook.Parameters.Count > MostParameters)
        {
            yield return $"Parameters: Systems Manager takes at most {MostParameters}.";
        }

        foreach (var (name, values) in runbook.Parameters)
        {
            if (name.Length is 0 or > LongestName || values.Length > MostValues)
            {
                yield return $"Parameters:{name}: Systems Manager takes names of 1 to {LongestName} characters, each with at most {MostValues} values.";
            }
        }
    }

    /// <summary>What Systems Manager would not take of parameters that are filled in; <see langword="null"/> if nothing.</summary>
    public static string? TooLong(ImmutableSortedDictionary<string, ImmutableArray<string>> parameters) =>
        parameters.FirstOrDefault(parameter => parameter.Value.Any(value => value.Length > LongestValue)) is { Key: { } name }
            ? $"The value of parameter {name} is longer than the {LongestValue} characters that Systems Manager takes."
            : null;

    private static string Text(JsonProperty member) => member.Value.GetString() ?? "";

    private static ImmutableArray<string> Values(JsonProperty parameter) => parameter.Value.ValueKind == JsonValueKind.Array
        ? [.. parameter.Value.EnumerateArray().Select(value => value.GetString() ?? "")]
        : [parameter.Value.GetString() ?? ""];

    [GeneratedRegex("^[a-z][a-z0-9-]{0,59}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex RunbookName { get; }

    [GeneratedRegex(@"^[a-zA-Z0-9_.:/-]{3,200}$", RegexOptions.None, matchTimeoutMilliseconds: 100)]
    private static partial Regex DocumentName { get; }

    [GeneratedRegex(@"^([1-9][0-9]{0,8}|\$DEFAULT|\$LATEST)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex DocumentVersion { get; }
}
