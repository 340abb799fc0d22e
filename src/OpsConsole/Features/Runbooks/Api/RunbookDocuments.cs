using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Features.Runbooks.Api;

/// <summary>The runbooks that can be started, and what is wrong with those that cannot.</summary>
internal sealed record RunbookList(string Engine, ImmutableArray<Runbook> Runbooks, ImmutableArray<string> Problems);

/// <summary>What <c>POST /runbooks/{name}/executions</c> takes; one token, one execution.</summary>
internal sealed record RunbookStartRequest(string? Reason, string? Service, Guid? ClientToken);

/// <summary>What <c>POST /runbooks/executions/{id}/stop</c> takes.</summary>
internal sealed record RunbookStopRequest(string? Reason);

/// <summary>What <c>POST /runbooks/executions/{id}/decision</c> takes.</summary>
internal sealed record RunbookDecisionRequest(bool? Approved, string? Reason);

/// <summary>Executions, newest first.</summary>
internal sealed record ExecutionList(DateTimeOffset? ReadAt, string? Problem, ImmutableArray<ExecutionDocument> Executions);

/// <summary>An execution as the API writes it.</summary>
internal sealed record ExecutionDocument(
    string Id,
    string Runbook,
    string Document,
    string Version,
    ImmutableSortedDictionary<string, ImmutableArray<string>> Parameters,
    string RequestedBy,
    string Reason,
    DateTimeOffset RequestedAt,
    string? Service,
    string? Run,
    string? EngineId,
    RunbookState State,
    string Status,
    string Why,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    ImmutableArray<RunbookStep> Steps,
    string? Failure,
    string? Problem,
    DateTimeOffset? ProblemSince,
    string? StopRequestedBy)
{
    public static ExecutionDocument From(RunbookExecution execution) => new(
        execution.Id,
        execution.Runbook.Name,
        execution.Runbook.Document,
        execution.Runbook.Version,
        execution.Parameters,
        execution.RequestedBy,
        execution.Reason,
        execution.RequestedAt,
        execution.Service.Length == 0 ? null : execution.Service,
        execution.RunId,
        execution.EngineId,
        execution.State,
        execution.Status,
        execution.Sentence(),
        execution.StartedAt,
        execution.EndedAt,
        execution.Steps,
        execution.Failure,
        execution.Problem,
        execution.ProblemSince,
        execution.StopRequestedBy);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunbookList))]
[JsonSerializable(typeof(ExecutionList))]
[JsonSerializable(typeof(ExecutionDocument))]
[JsonSerializable(typeof(RunbookStartRequest))]
[JsonSerializable(typeof(RunbookStopRequest))]
[JsonSerializable(typeof(RunbookDecisionRequest))]
[JsonSerializable(typeof(ParameterDocument))]
internal sealed partial class RunbookApiJson : JsonSerializerContext;
