using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Aws.Runbooks;

/// <summary>
/// The runbooks of the settings, <c>OpsConsole:Aws:Automation:Actions:{name}</c>: <c>Document</c>, <c>Version</c>, <c>Title</c> and
/// <c>Parameters:{name}</c> with one value, or <c>Parameters:{name}:0</c> and so on with several.
/// </summary>
internal sealed class ConfiguredRunbooks(IConfiguration configuration) : IValidateOptions<AutomationOptions>
{
    private const string Actions = AutomationOptions.Section + ":Actions";

    /// <summary>All of them, by name.</summary>
    public ImmutableSortedDictionary<string, Runbook> All { get; } = configuration.GetSection(Actions).GetChildren()
        .ToImmutableSortedDictionary(action => action.Key, Read, StringComparer.Ordinal);

    public ValidateOptionsResult Validate(string? name, AutomationOptions options)
    {
        var failures = All.Values
            .SelectMany(runbook => RunbookDefinitions.Problems(runbook), (runbook, problem) => $"{Actions}:{runbook.Name}: {problem}")
            .ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static Runbook Read(IConfigurationSection action) => new()
    {
        Name = action.Key,
        Title = action[nameof(Runbook.Title)] ?? "",
        Document = action[nameof(Runbook.Document)] ?? "",
        Version = action[nameof(Runbook.Version)] ?? "",
        Parameters = action.GetSection(nameof(Runbook.Parameters)).GetChildren().ToImmutableSortedDictionary(
            parameter => parameter.Key,
            parameter => parameter.Value is { } value ? [value] : parameter.GetChildren().Select(item => item.Value ?? "").ToImmutableArray(),
            StringComparer.Ordinal),
        Source = "settings",
    };
}
