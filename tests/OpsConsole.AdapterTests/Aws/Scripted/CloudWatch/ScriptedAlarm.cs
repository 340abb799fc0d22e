using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>An alarm; a test moves it, nothing evaluates it.</summary>
/// <param name="name">Its name.</param>
/// <param name="isComposite">Whether it is an alarm on other alarms.</param>
/// <param name="members">Its other members, as DescribeAlarms shows them.</param>
/// <param name="createdAt">When it was made.</param>
internal sealed class ScriptedAlarm(string name, bool isComposite, JsonObject members, DateTimeOffset createdAt)
{
    private readonly DateTimeOffset _createdAt = createdAt;

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its ARN, as stop conditions of experiments name it.</summary>
    public string Arn { get; } = ArnOf(name);

    /// <summary>Whether it is an alarm on other alarms.</summary>
    public bool IsComposite { get; } = isComposite;

    /// <summary><c>OK</c>, <c>ALARM</c> or <c>INSUFFICIENT_DATA</c>.</summary>
    public string State { get; private set; } = "INSUFFICIENT_DATA";

    /// <summary>Why.</summary>
    public string Reason { get; private set; } = "Unchecked: Initial alarm creation";

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; private set; } = createdAt;

    /// <summary>The ARN of an alarm of this name.</summary>
    public static string ArnOf(string name) => $"arn:aws:cloudwatch:{ScriptedAws.Region}:{ScriptedAws.Account}:alarm:{name}";

    /// <summary>Moves it; the item of its history.</summary>
    public JsonObject Move(string state, string reason, DateTimeOffset now)
    {
        var data = Json.Object(
            ("version", "1.0"),
            ("oldState", Json.Object(("stateValue", State), ("stateReason", Reason))),
            ("newState", Json.Object(("stateValue", state), ("stateReason", reason))));
        var item = History("StateUpdate", string.Create(CultureInfo.InvariantCulture, $"Alarm updated from {State} to {state}"), data, now);
        (State, Reason, Since) = (state, reason, now);
        return item;
    }

    /// <summary>An item of its history.</summary>
    public JsonObject History(string type, string summary, JsonObject data, DateTimeOffset now) => Json.Object(
        ("AlarmName", Name),
        ("AlarmType", IsComposite ? "CompositeAlarm" : "MetricAlarm"),
        ("Timestamp", Json.Time(now)),
        ("HistoryItemType", type),
        ("HistorySummary", summary),
        ("HistoryData", data.ToJsonString()));

    /// <summary>The alarm as DescribeAlarms shows it.</summary>
    public JsonObject ToJson()
    {
        var made = members.DeepClone().AsObject();
        made["AlarmName"] = Name;
        made["AlarmArn"] = Arn;
        made["ActionsEnabled"] ??= true;
        made["AlarmConfigurationUpdatedTimestamp"] = Json.Time(_createdAt);
        made["StateValue"] = State;
        made["StateReason"] = Reason;
        made["StateUpdatedTimestamp"] = Json.Time(Since);
        made["StateTransitionedTimestamp"] = Json.Time(Since);
        return made;
    }
}
