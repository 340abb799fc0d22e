using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Amazon.SimpleSystemsManagement.Model;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Aws.Runbooks;

/// <summary>What Automation says, in the console's words.</summary>
internal static class AutomationWords
{
    private const string Approval = "aws:approve";
    private const int LongestOutput = 2000;

    /// <summary>A status of an execution or of a step. One that is not known is not final.</summary>
    public static RunbookState State(string? status) => status switch
    {
        "Pending" or "Scheduled" => RunbookState.Pending,
        "InProgress" or "RunbookInProgress" or "Approved" or "ChangeCalendarOverrideApproved" => RunbookState.InProgress,
        "Waiting" or "PendingApproval" or "PendingChangeCalendarOverride" => RunbookState.Waiting,
        "Cancelling" => RunbookState.Stopping,
        "Success" or "CompletedWithSuccess" => RunbookState.Succeeded,
        "Failed" or "CompletedWithFailure" or "Exited" => RunbookState.Failed,
        "TimedOut" => RunbookState.TimedOut,
        "Cancelled" => RunbookState.Cancelled,
        "Rejected" or "ChangeCalendarOverrideRejected" => RunbookState.Rejected,
        _ => RunbookState.Unknown,
    };

    public static RunbookReading.Read Reading(AutomationExecution execution, IEnumerable<StepExecution> steps) => new(
        State(execution.AutomationExecutionStatus?.Value),
        execution.AutomationExecutionStatus?.Value ?? "",
        Time(execution.ExecutionStartTime),
        Time(execution.ExecutionEndTime),
        [.. steps.Select(Step)],
        execution.FailureMessage);

    private static RunbookStep Step(StepExecution step) => new(step.StepName, step.Action ?? "", State(step.StepStatus?.Value))
    {
        Status = step.StepStatus?.Value ?? "",
        StartedAt = Time(step.ExecutionStartTime),
        EndedAt = Time(step.ExecutionEndTime),
        Outputs = (step.Outputs ?? []).ToImmutableSortedDictionary(
            output => output.Key, output => Cut(string.Join(", ", output.Value ?? [])), StringComparer.Ordinal),
        Failure = string.IsNullOrEmpty(step.FailureMessage) ? null : Cut(step.FailureMessage),
        Approval = step.Action == Approval ? ApprovalOf(step.Inputs ?? []) : null,
    };

    private static ApprovalRequest ApprovalOf(Dictionary<string, string> inputs) => new(
        Texts(inputs.GetValueOrDefault("Approvers")),
        int.TryParse(Texts(inputs.GetValueOrDefault("MinRequiredApprovals")).FirstOrDefault(), CultureInfo.InvariantCulture, out var required) ? required : 1,
        Cut(string.Join(" ", Texts(inputs.GetValueOrDefault("Message")))));

    /// <summary>An input is written as JSON: a text, a number, or a list of texts.</summary>
    private static ImmutableArray<string> Texts(string? input)
    {
        if (string.IsNullOrWhiteSpace(input))
        {
            return [];
        }

        try
        {
            using var parsed = JsonDocument.Parse(input);
            return parsed.RootElement.ValueKind == JsonValueKind.Array
                ? [.. parsed.RootElement.EnumerateArray().Select(item => item.ToString())]
                : [parsed.RootElement.ToString()];
        }
        catch (JsonException)
        {
            return [input];
        }
    }

    private static string Cut(string text) => text.Length <= LongestOutput ? text : text[..LongestOutput] + "…";

    private static DateTimeOffset? Time(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : null;
}
