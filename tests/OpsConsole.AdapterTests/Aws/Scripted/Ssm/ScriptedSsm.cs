using System.Globalization;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>Systems Manager: Automation executions that follow the clock, with approvals, and Parameter Store.</summary>
/// <param name="time">The server's clock.</param>
internal sealed partial class ScriptedSsm(TimeProvider time) : JsonRpcService("AmazonSSM", "application/x-amz-json-1.1")
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, AutomationDocument> _documents = new(StringComparer.Ordinal);
    private readonly List<AutomationExecution> _executions = [];
    private readonly SortedDictionary<string, ScriptedParameter> _parameters = new(StringComparer.Ordinal);

    public override string SigningName => "ssm";

    public override string PermissionPrefix => "ssm";

    /// <summary>How many executions may go on at once.</summary>
    public int MostActiveExecutions { get; set; } = 100;

    /// <summary>Every execution, oldest first, as it stands now.</summary>
    public IReadOnlyList<AutomationExecution> Executions
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return [.. _executions];
            }
        }
    }

    /// <summary>Adds an Automation document without parameters, or with those that have no default.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="steps">Its steps.</param>
    public void AddDocument(string name, params AutomationStep[] steps) => AddDocument(new AutomationDocument(name, new Dictionary<string, string?>(), steps));

    /// <summary>Adds an Automation document.</summary>
    /// <param name="document">The document.</param>
    public void AddDocument(AutomationDocument document)
    {
        lock (_gate)
        {
            _documents[document.Name] = document;
        }
    }

    /// <summary>Sets a parameter, as its next version.</summary>
    /// <param name="name">Its name, such as <c>/opsconsole/environment</c>.</param>
    /// <param name="value">Its value; of a SecureString, what only a caller sees who asks for decryption.</param>
    /// <param name="type"><c>String</c>, <c>StringList</c> or <c>SecureString</c>.</param>
    public void SetParameter(string name, string value, string type = "String")
    {
        lock (_gate)
        {
            _parameters[name] = new ScriptedParameter(name, value, type, (_parameters.GetValueOrDefault(name)?.Version ?? 0) + 1, time.GetUtcNow());
        }
    }

    /// <summary>Removes a parameter.</summary>
    /// <param name="name">Its name.</param>
    public void RemoveParameter(string name)
    {
        lock (_gate)
        {
            _parameters.Remove(name);
        }
    }

    /// <summary>Approves or rejects the step that an execution waits at, as someone else would.</summary>
    /// <param name="id">The execution.</param>
    /// <param name="approved">Whether it is approved.</param>
    public void SignalElsewhere(string id, bool approved) => Answer(new Asked(
        "SendAutomationSignal", Json.Object(("AutomationExecutionId", id), ("SignalType", approved ? "Approve" : "Reject"))));

    private void Advance()
    {
        foreach (var execution in _executions)
        {
            execution.Advance(time.GetUtcNow());
        }
    }

    private string NextId() => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{_executions.Count + 1:D12}");
}
