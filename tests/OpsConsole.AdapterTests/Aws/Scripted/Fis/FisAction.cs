using System.Text.Json.Nodes;
using System.Xml;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>An action of an experiment and how far it is.</summary>
/// <param name="name">Its name in the template.</param>
/// <param name="definition">The action of the template.</param>
internal sealed class FisAction(string name, JsonObject definition)
{
    public string Name { get; } = name;

    public IReadOnlyList<string> StartAfter { get; } = definition.TextsOf("startAfter");

    public IReadOnlyCollection<string> Targets { get; } = definition.MapOf("targets").Values;

    /// <summary>How long it takes; a second when it has no duration.</summary>
    public TimeSpan Duration { get; } = definition["parameters"].Text("duration") is { } duration ? XmlConvert.ToTimeSpan(duration) : TimeSpan.FromSeconds(1);

    public string Status { get; private set; } = "pending";

    public string? Reason { get; private set; }

    public DateTimeOffset? StartTime { get; private set; }

    public DateTimeOffset? EndTime { get; private set; }

    public bool IsDone => Status is "completed" or "skipped" or "stopped" or "failed" or "cancelled";

    public void Start(DateTimeOffset at) => (Status, Reason, StartTime) = ("running", "Action is running.", at);

    public void End(string status, string reason, DateTimeOffset at) => (Status, Reason, EndTime) = (status, reason, StartTime is null ? null : at);

    public void Stopping() => (Status, Reason) = ("stopping", "Action is stopping.");

    public JsonObject ToJson()
    {
        var made = definition.DeepClone().AsObject();
        made["state"] = Json.Object(("status", Status), ("reason", Reason));
        if (StartTime is not null)
        {
            made["startTime"] = Json.Time(StartTime);
        }
        if (EndTime is not null)
        {
            made["endTime"] = Json.Time(EndTime);
        }
        return made;
    }
}
