using System.Collections.Immutable;

namespace OpsConsole.Core.Runbooks;

/// <summary>What may be done with an execution as it stands, and what it is called in sentences. Pages, API and services ask here.</summary>
public static class RunbookRules
{
    /// <summary>Whether a state is final.</summary>
    /// <param name="state">The state.</param>
    public static bool IsFinal(this RunbookState state) => state >= RunbookState.Succeeded;

    /// <summary>Whether telling it to stop makes sense; telling it again does no harm.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="reason">Why not.</param>
    public static bool CanStop(this RunbookExecution execution, out string reason)
    {
        reason = execution.IsOver ? $"It is over ({execution.State}); nothing is carried out any more." : "";
        return reason.Length == 0;
    }

    /// <summary>Whether an approval or a refusal can be sent.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="reason">Why not.</param>
    public static bool CanDecide(this RunbookExecution execution, out string reason)
    {
        reason = execution.IsOver ? $"It is over ({execution.State})."
            : execution.StopRequestedBy is { } by ? $"It was told to stop by {by}."
            : execution.EngineId is null || execution.WaitsFor is null ? "It waits for no approval."
            : "";
        return reason.Length == 0;
    }

    /// <summary>What is wrong with a definition; empty if nothing.</summary>
    /// <param name="runbook">The definition.</param>
    public static IEnumerable<string> Problems(Runbook runbook)
    {
        if (string.IsNullOrWhiteSpace(runbook.Document))
        {
            yield return "Document is missing: name the document that it runs.";
        }

        foreach (var (name, values) in runbook.Parameters)
        {
            if (values.SelectMany(Placeholders.NamesIn).FirstOrDefault(used => !Placeholders.All.Contains(used, StringComparer.Ordinal)) is { } unknown)
            {
                yield return $"Parameters:{name} holds {{{unknown}}}, which nothing fills in. Use {string.Join(", ", Placeholders.All.Select(known => $"{{{known}}}"))}.";
            }
        }
    }

    /// <summary>The parameters with every placeholder filled in.</summary>
    /// <param name="runbook">The runbook.</param>
    /// <param name="values">The values of the placeholders.</param>
    public static ImmutableSortedDictionary<string, ImmutableArray<string>> Fill(this Runbook runbook, IReadOnlyDictionary<string, string> values) =>
        runbook.Parameters.ToImmutableSortedDictionary(
            parameter => parameter.Key,
            parameter => parameter.Value.Select(value => Placeholders.Fill(value, values)).ToImmutableArray(),
            StringComparer.Ordinal);

    /// <summary>How an execution stands, in one sentence.</summary>
    /// <param name="execution">The execution.</param>
    public static string Sentence(this RunbookExecution execution)
    {
        var called = execution.Runbook.Name;
        return execution.State switch
        {
            RunbookState.Requested => $"{called} is being started.{Because(execution.Problem)}",
            RunbookState.Pending => $"{called} has not begun yet.",
            RunbookState.InProgress => $"{called} goes on{(execution.CurrentStep is { } step ? $", at step {step.Name}" : "")}.",
            RunbookState.Waiting => $"{called} waits for approval{(execution.WaitsFor is { } waits ? $" at step {waits.Name}" : "")}.",
            RunbookState.Stopping => $"{called} is being stopped.",
            RunbookState.Succeeded => $"{called} succeeded{Took(execution)}.",
            RunbookState.Failed => $"{called} failed.{Because(execution.Failure)}",
            RunbookState.TimedOut => $"{called} took longer than it may.{Because(execution.Failure)}",
            RunbookState.Cancelled => $"{called} was stopped{(execution.StopRequestedBy is { } by ? $" by {by}" : "")}.",
            RunbookState.Rejected => $"{called} was rejected.{Because(execution.Failure)}",
            RunbookState.Refused => $"{called} was not started.{Because(execution.Failure)}",
            _ => $"{called} is “{execution.Status}”, which this console does not know.",
        };
    }

    private static string Because(string? why) => string.IsNullOrEmpty(why) ? "" : $" {why}";

    private static string Took(RunbookExecution execution) =>
        execution is { StartedAt: { } started, EndedAt: { } ended } ? $" after {(ended - started).TotalSeconds:F0} s" : "";
}
