using System.Text.Json.Serialization;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Records;

namespace OpsConsole.Core.Experiments;

/// <summary>The kinds of records that experiments are kept in.</summary>
public static class ExperimentRecords
{
    /// <summary>Definitions that did not come with the console, by their key.</summary>
    public static RecordKind<Experiment> Experiments { get; } = new("experiments", ExperimentJson.Default.Experiment);

    /// <summary>Runs, by their id.</summary>
    public static RecordKind<Run> Runs { get; } = new("runs", ExperimentJson.Default.Run);

    /// <summary>The newest dry run of each template, by the template's id.</summary>
    public static RecordKind<DryRun> DryRuns { get; } = new("dry-runs", ExperimentJson.Default.DryRun);

    /// <summary>The safety lever, under <see cref="LeverId"/>.</summary>
    public static RecordKind<SafetyLever> Lever { get; } = new("safety-lever", ExperimentJson.Default.SafetyLever);

    /// <summary>The key of the one safety lever.</summary>
    public const string LeverId = "lever";
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Experiment))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(SafetyLever))]
[JsonSerializable(typeof(DryRun))]
internal sealed partial class ExperimentJson : JsonSerializerContext;
