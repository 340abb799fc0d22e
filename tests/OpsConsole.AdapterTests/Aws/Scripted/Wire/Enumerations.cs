using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>The members of answers that are enumerations.</summary>
internal static class Enumerations
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "status", "accountTargeting", "emptyTargetResolutionMode", "actionsMode",
        "StatusCode", "Unit", "StateValue", "Statistic", "ComparisonOperator", "AlarmType", "HistoryItemType", "EvaluationState", "ActionsSuppressedBy",
        "AutomationExecutionStatus", "StepStatus", "Mode", "AutomationType", "Type",
    };

    /// <summary>Puts one value into all of them.</summary>
    public static void Replace(JsonNode? node, string value)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Replace(item, value);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, member) in members.ToList())
            {
                if (member?.GetValueKind() is JsonValueKind.String && Members.Contains(name))
                {
                    members[name] = value;
                }
                else
                {
                    Replace(member, value);
                }
            }
        }
    }
}
