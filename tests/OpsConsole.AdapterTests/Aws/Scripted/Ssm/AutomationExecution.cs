using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>An execution of a document; its state follows from the clock and from signals.</summary>
/// <param name="id">Its id, 36 characters.</param>
/// <param name="document">The document.</param>
/// <param name="input">The request that started it.</param>
/// <param name="startedAt">When it was started.</param>
internal sealed class AutomationExecution(string id, AutomationDocument document, JsonObject input, DateTimeOffset startedAt)
{
    private const int MostSteps = 100;

    private readonly List<Progress> _steps = [.. document.Steps.Select(step => new Progress(step))];
    private DateTimeOffset _stepSince = startedAt;
    private bool _stopsAfterStep;

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>The document's name.</summary>
    public string DocumentName => document.Name;

    /// <summary>The request that started it.</summary>
    public JsonObject Input => input;

    /// <summary>Where it stands: <c>InProgress</c>, <c>Waiting</c>, <c>Success</c>, <c>Failed</c>, <c>Rejected</c>, <c>Cancelled</c>.</summary>
    public string Status { get; private set; } = "InProgress";

    /// <summary>Why it failed.</summary>
    public string? FailureMessage { get; private set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime { get; private set; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>The values that it was started with, defaults included.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters { get; } = document.Parameters.ToDictionary(
        parameter => parameter.Key,
        parameter => input[nameof(Parameters)]?[parameter.Key] is { } ? input[nameof(Parameters)].TextsOf(parameter.Key) : [parameter.Value ?? ""],
        StringComparer.Ordinal);

    /// <summary>Whether it goes on.</summary>
    public bool IsActive => EndTime is null;

    private Progress? Current => _steps.Find(step => step.Status is "Pending" or "InProgress" or "Waiting");

    /// <summary>Follows the clock.</summary>
    public void Advance(DateTimeOffset now)
    {
        while (IsActive)
        {
            if (Current is not { } step)
            {
                End("Success", _stepSince);
                return;
            }
            if (step.Status == "Pending")
            {
                step.Start(step.Step.Action == "aws:approve" ? "Waiting" : "InProgress", _stepSince);
                Status = step.Status;
            }
            if (step.Status == "Waiting" || _stepSince + step.Step.Duration > now)
            {
                return;
            }
            Leave(step, step.Step.Failure, _stepSince + step.Step.Duration);
        }
    }

    /// <summary>Approves or rejects the step that waits.</summary>
    /// <returns>Whether one waits.</returns>
    public bool Signal(bool approved, DateTimeOffset now)
    {
        if (Current is not { Status: "Waiting" } step)
        {
            return false;
        }
        if (approved)
        {
            Status = "InProgress";
            Leave(step, failure: null, now);
        }
        else
        {
            step.End("Rejected", now, "Approval step was rejected.");
            FailureMessage = $"Step {step.Step.Name} was rejected.";
            End("Rejected", now);
        }
        return true;
    }

    /// <summary>Stops it: at once, or when the step that runs is done.</summary>
    public void Stop(bool atOnce, DateTimeOffset now)
    {
        if (!atOnce && Current is { Status: "InProgress" })
        {
            _stopsAfterStep = true;
            return;
        }
        End("Cancelled", now);
    }

    /// <summary>The execution as GetAutomationExecution shows it.</summary>
    public JsonObject ToJson()
    {
        var made = Metadata();
        made["StepExecutions"] = Json.Array(Steps().Take(MostSteps));
        made["StepExecutionsTruncated"] = _steps.Count > MostSteps;
        made[nameof(Parameters)] = new JsonObject(Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, (JsonNode?)Json.Texts(parameter.Value))));
        return made;
    }

    /// <summary>Its steps as DescribeAutomationStepExecutions shows them.</summary>
    public IEnumerable<JsonObject> Steps() => _steps.Select((step, index) => step.ToJson(Id, index));

    /// <summary>The execution as DescribeAutomationExecutions shows it.</summary>
    public JsonObject Metadata() => Json.Object(
        ("AutomationExecutionId", Id),
        ("DocumentName", DocumentName),
        ("DocumentVersion", input.Text("DocumentVersion") is { } version and not ['$', ..] ? version : "1"),
        ("AutomationExecutionStatus", Status),
        ("ExecutionStartTime", Json.Time(StartedAt)),
        ("ExecutionEndTime", Json.Time(EndTime)),
        ("ExecutedBy", $"arn:aws:iam::{ScriptedAws.Account}:user/console"),
        ("CurrentStepName", Current?.Step.Name),
        ("CurrentAction", Current?.Step.Action),
        ("FailureMessage", FailureMessage),
        ("Mode", input.Text("Mode") ?? "Auto"));

    private void Leave(Progress step, string? failure, DateTimeOffset at)
    {
        _stepSince = at;
        step.End(failure is null ? "Success" : "Failed", at, failure);
        if (failure is not null)
        {
            FailureMessage = $"Step fails when it is executing: {failure}";
            End("Failed", at);
        }
        else if (_stopsAfterStep && Current is not null)
        {
            End("Cancelled", at);
        }
    }

    private void End(string status, DateTimeOffset at)
    {
        (Status, EndTime) = (status, at);
        foreach (var step in _steps.Where(step => step.Status is "Pending" or "InProgress" or "Waiting"))
        {
            step.End("Cancelled", at, null);
        }
    }

    private sealed class Progress(AutomationStep step)
    {
        private DateTimeOffset? _start;
        private DateTimeOffset? _end;
        private string? _failure;

        public AutomationStep Step { get; } = step;

        public string Status { get; private set; } = "Pending";

        public void Start(string status, DateTimeOffset at) => (Status, _start) = (status, at);

        public void End(string status, DateTimeOffset at, string? failure) => (Status, _end, _failure) = (status, _start is null ? null : at, failure);

        public JsonObject ToJson(string execution, int index) => Json.Object(
            ("StepName", Step.Name),
            ("Action", Step.Action),
            ("StepStatus", Status),
            ("StepExecutionId", string.Create(CultureInfo.InvariantCulture, $"{execution[..32]}{index:D4}")),
            ("ExecutionStartTime", Json.Time(_start)),
            ("ExecutionEndTime", Json.Time(_end)),
            ("FailureMessage", _failure),
            ("Inputs", Json.Map(Step.Inputs)),
            ("Outputs", Status == "Success" ? new JsonObject(Step.Outputs.Select(output => KeyValuePair.Create(output.Key, (JsonNode?)Json.Texts(output.Value)))) : null));
    }
}
