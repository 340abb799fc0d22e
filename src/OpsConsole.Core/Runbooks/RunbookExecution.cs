using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace OpsConsole.Core.Runbooks;

/// <summary>Where an execution, or one of its steps, stands.</summary>
public enum RunbookState
{
    /// <summary>It is written down and not known to be started.</summary>
    Requested,

    /// <summary>It has not begun yet.</summary>
    Pending,

    /// <summary>It goes on.</summary>
    InProgress,

    /// <summary>It waits for somebody's approval.</summary>
    Waiting,

    /// <summary>It was told to stop and has not stopped yet.</summary>
    Stopping,

    /// <summary>The engine says something that this console does not know; it is looked at further.</summary>
    Unknown,

    /// <summary>It was done. Final.</summary>
    Succeeded,

    /// <summary>It failed. Final.</summary>
    Failed,

    /// <summary>It took longer than it may. Final.</summary>
    TimedOut,

    /// <summary>It was stopped. Final.</summary>
    Cancelled,

    /// <summary>An approval was refused. Final.</summary>
    Rejected,

    /// <summary>It was never started. Final.</summary>
    Refused,
}

/// <summary>Who may approve a step that waits.</summary>
/// <param name="Approvers">Names of people, groups or roles, as the document says.</param>
/// <param name="Required">How many of them must approve.</param>
/// <param name="Message">What they are asked; empty if the document says nothing.</param>
public sealed record ApprovalRequest(ImmutableArray<string> Approvers, int Required, string Message)
{
    /// <inheritdoc/>
    public bool Equals(ApprovalRequest? other) =>
        other is not null && Required == other.Required && Message == other.Message && Approvers.SequenceEqual(other.Approvers, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Required, Message, Approvers.Length);
}

/// <summary>A step of an execution, as last heard.</summary>
/// <param name="Name">Its name in the document.</param>
/// <param name="Action">What kind of step it is, e.g. <c>aws:executeAwsApi</c>.</param>
/// <param name="State">Where it stands.</param>
public sealed record RunbookStep(string Name, string Action, RunbookState State)
{
    /// <summary>The engine's own word for its state.</summary>
    public string Status { get; init; } = "";

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it gave, by name; long values are cut.</summary>
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Why it failed, in the engine's words.</summary>
    public string? Failure { get; init; }

    /// <summary>Who may approve it, if it is an approval.</summary>
    public ApprovalRequest? Approval { get; init; }

    /// <inheritdoc/>
    public bool Equals(RunbookStep? other) => other is not null
        && (Name, Action, State, Status, StartedAt, EndedAt, Failure, Approval)
            == (other.Name, other.Action, other.State, other.Status, other.StartedAt, other.EndedAt, other.Failure, other.Approval)
        && Outputs.SequenceEqual(other.Outputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, State, StartedAt, EndedAt);
}

/// <summary>One execution of a runbook: what was asked for, and what was last heard of it.</summary>
public sealed record RunbookExecution
{
    /// <summary>Unique; sorts by time.</summary>
    public required string Id { get; init; }

    /// <summary>The runbook as it was when this was asked for.</summary>
    public required Runbook Runbook { get; init; }

    /// <summary>The parameters as they are sent, with every placeholder filled in.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Parameters { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>What makes repeating the start harmless: the engine starts one execution for it.</summary>
    public required Guid ClientToken { get; init; }

    /// <summary>Who asked for it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>The service that it is for; empty if for none.</summary>
    public string Service { get; init; } = "";

    /// <summary>The run whose rollback it is; <see langword="null"/> if it was started by hand.</summary>
    public string? RunId { get; init; }

    /// <summary>Its id at the engine; <see langword="null"/> until the engine has answered the start.</summary>
    public string? EngineId { get; init; }

    /// <summary>Where it stands.</summary>
    public RunbookState State { get; init; }

    /// <summary>The engine's own word for its state.</summary>
    public string Status { get; init; } = "";

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its steps as last heard.</summary>
    public ImmutableArray<RunbookStep> Steps { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Why it failed or was never started; one sentence.</summary>
    public string? Failure { get; init; }

    /// <summary>Why the engine cannot be asked now; <see langword="null"/> while it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Since when it cannot be asked.</summary>
    public DateTimeOffset? ProblemSince { get; init; }

    /// <summary>Who told it to stop.</summary>
    public string? StopRequestedBy { get; init; }

    /// <summary>Whether nothing more comes of it.</summary>
    [JsonIgnore]
    public bool IsOver => State.IsFinal();

    /// <summary>The step that goes on or waits.</summary>
    [JsonIgnore]
    public RunbookStep? CurrentStep => Steps.FirstOrDefault(step => !step.State.IsFinal() && step.State != RunbookState.Pending);

    /// <summary>The approval that it waits for; <see langword="null"/> if it waits for none.</summary>
    [JsonIgnore]
    public RunbookStep? WaitsFor => IsOver ? null : Steps.FirstOrDefault(step => step is { State: RunbookState.Waiting, Approval: not null });
}
