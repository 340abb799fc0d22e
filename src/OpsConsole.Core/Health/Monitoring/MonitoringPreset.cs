using System.Collections.Immutable;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>A field that a preset asks for.</summary>
/// <param name="Key">Its key, e.g. <c>FunctionName</c>.</param>
/// <param name="Label">What people are asked for.</param>
/// <param name="Example">What it looks like.</param>
/// <param name="Required">Whether the preset needs it.</param>
public sealed record PresetField(string Key, string Label, string Example, bool Required = true);

/// <summary>A ready-made set of metrics for a kind of resource.</summary>
/// <param name="Key">Its key, e.g. <c>Lambda</c>.</param>
/// <param name="Title">The name on screen.</param>
/// <param name="Fields">What it asks for.</param>
/// <param name="Metrics">The metrics, from the fields' values.</param>
public sealed record MonitoringPreset(
    string Key,
    string Title,
    ImmutableArray<PresetField> Fields,
    Func<IReadOnlyDictionary<string, string>, ImmutableArray<MetricDefinition>> Metrics);
