using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>The operations on alarms, and what all operations have in common.</summary>
internal sealed partial class ScriptedCloudWatch
{
    public override JsonObject Answer(Asked asked)
    {
        if (!CloudWatchRules.Inputs.TryGetValue(asked.Name, out var rule))
        {
            throw new AwsError("UnknownOperationException", 404, $"There is no operation {asked.Name}.", "InvalidAction");
        }
        if (rule.Check(asked.Input) is [var breach, ..])
        {
            throw Refuse(asked.Name, breach);
        }
        lock (_gate)
        {
            return asked.Name switch
            {
                "GetMetricData" => GetMetricData(asked.Input),
                "GetMetricStatistics" => GetMetricStatistics(asked.Input),
                "PutMetricData" => PutMetricData(asked.Input),
                "ListMetrics" => ListMetrics(asked.Input),
                "DescribeAlarms" => DescribeAlarms(asked.Input),
                _ => DescribeAlarmHistory(asked.Input),
            };
        }
    }

    // Only the older operations have errors of their own for bad input.
    private static AwsError Refuse(string operation, Breach breach) => operation is "GetMetricStatistics" or "PutMetricData" or "ListMetrics"
        ? breach.IsMissing ? Missing($"The parameter {breach.Member} is required.") : Invalid($"The parameter {breach.Member} {breach.Problem}.")
        : ValidationError($"1 validation error detected: Value at '{breach.Member}' failed to satisfy constraint: {breach.Problem}");

    private JsonObject DescribeAlarms(JsonObject input)
    {
        if (input.ContainsKey("AlarmNames") && input.ContainsKey("AlarmNamePrefix"))
        {
            throw ValidationError("AlarmNames and AlarmNamePrefix cannot be used together.");
        }
        var types = input.TextsOf("AlarmTypes");
        var names = input.TextsOf("AlarmNames");
        var found = _alarms
            .Where(alarm => alarm.IsComposite ? types.Contains("CompositeAlarm", StringComparer.Ordinal) : types.Count == 0 || types.Contains("MetricAlarm", StringComparer.Ordinal))
            .Where(alarm => names.Count == 0 || names.Contains(alarm.Name, StringComparer.Ordinal))
            .Where(alarm => alarm.Name.StartsWith(input.Text("AlarmNamePrefix") ?? "", StringComparison.Ordinal))
            .Where(alarm => input.Text("StateValue") is not { } state || alarm.State == state)
            .Where(alarm => input.Text("ActionPrefix") is not { } prefix
                || alarm.ToJson().TextsOf("AlarmActions").Any(action => action.StartsWith(prefix, StringComparison.Ordinal)))
            .OrderBy(alarm => alarm.Name, StringComparer.Ordinal).ToList();
        var (items, next) = Pages.Cut(found, input.Text("NextToken"), input.Whole("MaxRecords") ?? 50, $"alarms {Scope(input)}", InvalidToken);
        return Json.Object(
            ("MetricAlarms", Json.Array(items.Where(alarm => !alarm.IsComposite).Select(alarm => alarm.ToJson()))),
            ("CompositeAlarms", Json.Array(items.Where(alarm => alarm.IsComposite).Select(alarm => alarm.ToJson()))),
            ("NextToken", next));
    }

    private JsonObject DescribeAlarmHistory(JsonObject input)
    {
        var types = input.TextsOf("AlarmTypes");
        var found = _history
            .Where(item => types.Count == 0 ? item.Text("AlarmType") == "MetricAlarm" : types.Contains(item.Text("AlarmType"), StringComparer.Ordinal))
            .Where(item => input.Text("AlarmName") is not { } name || item.Text("AlarmName") == name)
            .Where(item => input.Text("HistoryItemType") is not { } type || item.Text("HistoryItemType") == type)
            .Where(item => input.When("StartDate") is not { } start || item.When("Timestamp") >= start)
            .Where(item => input.When("EndDate") is not { } end || item.When("Timestamp") <= end)
            .ToList();
        if (input.Text("ScanBy") != "TimestampAscending")
        {
            found.Reverse();
        }
        var (items, next) = Pages.Cut(found, input.Text("NextToken"), input.Whole("MaxRecords") ?? 100, $"history {Scope(input)}", InvalidToken);
        return Json.Object(("AlarmHistoryItems", Json.Array(items.Select(item => item.DeepClone()))), ("NextToken", next));
    }

    // A token belongs to the question that it was given for.
    private static string Scope(JsonObject input) => string.Join(
        ' ', input.Where(member => member.Key is not ("NextToken" or "MaxRecords" or "MaxDatapoints"))
            .OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => string.Create(CultureInfo.InvariantCulture, $"{member.Key}:{member.Value?.ToJsonString().GetHashCode(StringComparison.Ordinal)}")));

    private static AwsError InvalidToken() => new("InvalidNextToken", 400, "The next token is not valid.");

    private static AwsError Missing(string message) => new("MissingRequiredParameterException", 400, message, "MissingParameter");

    private static AwsError Invalid(string message) => new("InvalidParameterValueException", 400, message, "InvalidParameterValue");

    private static AwsError Combination(string message) => new("InvalidParameterCombinationException", 400, message, "InvalidParameterCombination");

    private static AwsError ValidationError(string message) => new("ValidationException", 400, message, "ValidationError");
}
