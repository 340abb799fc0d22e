using System.Text.Json.Serialization;
using OpsConsole.Core.Records;

namespace OpsConsole.Core.Runbooks;

/// <summary>How executions of runbooks are kept.</summary>
public static class RunbookRecords
{
    /// <summary>Executions, by their id.</summary>
    public static RecordKind<RunbookExecution> Executions { get; } = new("runbook-executions", RunbookJson.Default.RunbookExecution);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunbookExecution))]
internal sealed partial class RunbookJson : JsonSerializerContext;
