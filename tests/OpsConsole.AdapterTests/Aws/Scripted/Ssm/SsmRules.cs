using OpsConsole.AdapterTests.Aws.Scripted.Wire;
using static OpsConsole.AdapterTests.Aws.Scripted.Wire.Rule;

namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>What the model of Systems Manager says about the inputs of its operations.</summary>
internal static class SsmRules
{
    private static readonly Rule ExecutionId = Text(36, 36);
    private static readonly Rule Parameters = MapOf(Text(1, 50), ListOf(Text(max: 512), max: 50), 200);
    private static readonly Rule Name = Text(1, 2048);
    private static readonly Rule Concurrency = Text(1, 7, @"[1-9]\d*|[1-9]\d?%|100%");

    /// <summary>The rules by operation.</summary>
    public static readonly IReadOnlyDictionary<string, Rule> Inputs = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["StartAutomationExecution"] = Object(
            ("DocumentName!", Text(1, 200, @"[a-zA-Z0-9_\-.:/]+")),
            ("DocumentVersion", Text(1, 10, @"\$LATEST|\$DEFAULT|[1-9]\d*")),
            ("Parameters", Parameters),
            ("ClientToken", Text(36, 36, "[a-fA-F0-9]{8}-([a-fA-F0-9]{4}-){3}[a-fA-F0-9]{12}")),
            ("Mode", OneOf("Auto", "Interactive")),
            ("MaxConcurrency", Concurrency),
            ("MaxErrors", Concurrency),
            ("Tags", ListOf(Object(("Key!", Text(1, 128)), ("Value!", Text(max: 256))), max: 1000))),
        ["GetAutomationExecution"] = Object(("AutomationExecutionId!", ExecutionId)),
        ["DescribeAutomationStepExecutions"] = Object(
            ("AutomationExecutionId!", ExecutionId), ("MaxResults", Whole(1, 50)), ("NextToken", AnyText), ("ReverseOrder", Flag)),
        ["DescribeAutomationExecutions"] = Object(
            ("Filters", ListOf(
                Object(
                    ("Key!", OneOf(
                        "DocumentNamePrefix", "ExecutionStatus", "ExecutionId", "ParentExecutionId", "CurrentAction", "StartTimeBefore",
                        "StartTimeAfter", "AutomationType", "TagKey", "TargetResourceGroup", "AutomationSubtype", "OpsItemId")),
                    ("Values!", ListOf(Text(1, 150), 1, 10))),
                1,
                10)),
            ("MaxResults", Whole(1, 50)),
            ("NextToken", AnyText)),
        ["StopAutomationExecution"] = Object(("AutomationExecutionId!", ExecutionId), ("Type", OneOf("Complete", "Cancel"))),
        ["SendAutomationSignal"] = Object(
            ("AutomationExecutionId!", ExecutionId),
            ("SignalType!", OneOf("Approve", "Reject", "StartStep", "StopStep", "Resume", "Revoke")),
            ("Payload", Parameters)),
        ["GetParametersByPath"] = Object(
            ("Path!", Name),
            ("Recursive", Flag),
            ("ParameterFilters", ListOf(Object(("Key!", Text(1, 132)), ("Option", Text(1, 10)), ("Values", ListOf(Text(1, 1024), 1, 50))))),
            ("WithDecryption", Flag),
            ("MaxResults", Whole(1, 10)),
            ("NextToken", AnyText)),
        ["GetParameter"] = Object(("Name!", Name), ("WithDecryption", Flag)),
        ["GetParameters"] = Object(("Names!", ListOf(Name, 1, 10)), ("WithDecryption", Flag)),
    };
}
