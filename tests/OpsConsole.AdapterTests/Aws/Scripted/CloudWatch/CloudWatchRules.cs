using OpsConsole.AdapterTests.Aws.Scripted.Wire;
using static OpsConsole.AdapterTests.Aws.Scripted.Wire.Rule;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>What the model of CloudWatch says about the inputs of its operations.</summary>
internal static class CloudWatchRules
{
    private static readonly string[] Units =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits",
        "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second", "Gigabytes/Second",
        "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second", "Terabits/Second", "Count/Second", "None",
    ];

    private static readonly Rule Namespace = Text(1, 255, "[^:].*");
    private static readonly Rule Name = Text(1, 255);
    private static readonly Rule Unit = OneOf(Units);
    private static readonly Rule Period = Whole(1);
    private static readonly Rule Dimensions = ListOf(Object(("Name!", Text(1, 255)), ("Value!", Text(1, 1024))), max: 30);
    private static readonly Rule AlarmTypes = ListOf(OneOf("CompositeAlarm", "MetricAlarm", "LogAlarm"));
    private static readonly Rule Records = Whole(1, 100);
    private static readonly Rule ScanBy = OneOf("TimestampDescending", "TimestampAscending");

    private static readonly Rule Query = Object(
        ("Id!", Text(1, 255)),
        ("MetricStat", Object(
            ("Metric!", Object(("Namespace", Namespace), ("MetricName", Name), ("Dimensions", Dimensions))),
            ("Period!", Period),
            ("Stat!", AnyText),
            ("Unit", Unit))),
        ("Expression", Text(1, 2048)),
        ("Label", AnyText),
        ("ReturnData", Flag),
        ("Period", Period),
        ("AccountId", Text(1, 255)));

    private static readonly Rule Data = ListOf(Object(
        ("MetricName!", Name),
        ("Dimensions", Dimensions),
        ("Timestamp", Time),
        ("Value", Number),
        ("StatisticValues", Object(("SampleCount!", Number), ("Sum!", Number), ("Minimum!", Number), ("Maximum!", Number))),
        ("Values", ListOf(Number)),
        ("Counts", ListOf(Number)),
        ("Unit", Unit),
        ("StorageResolution", Whole(1))));

    /// <summary>The rules by operation.</summary>
    public static readonly IReadOnlyDictionary<string, Rule> Inputs = new Dictionary<string, Rule>(StringComparer.Ordinal)
    {
        ["GetMetricData"] = Object(
            ("MetricDataQueries!", ListOf(Query)),
            ("StartTime!", Time),
            ("EndTime!", Time),
            ("NextToken", AnyText),
            ("ScanBy", ScanBy),
            ("MaxDatapoints", Whole()),
            ("LabelOptions", Object(("Timezone", AnyText)))),
        ["GetMetricStatistics"] = Object(
            ("Namespace!", Namespace),
            ("MetricName!", Name),
            ("Dimensions", Dimensions),
            ("StartTime!", Time),
            ("EndTime!", Time),
            ("Period!", Period),
            ("Statistics", ListOf(OneOf("SampleCount", "Average", "Sum", "Minimum", "Maximum"), 1, 5)),
            ("ExtendedStatistics", ListOf(AnyText, 1, 10)),
            ("Unit", Unit)),
        ["PutMetricData"] = Object(
            ("Namespace!", Namespace),
            ("MetricData", Data),
            ("EntityMetricData", ListOf(Object(
                ("Entity", Object(("KeyAttributes", MapOf(Text(1, 32), Text(1, 2048), 4)), ("Attributes", MapOf(Text(1, 256), Text(1, 2048), 10)))),
                ("MetricData", Data)))),
            ("StrictEntityValidation", Flag)),
        ["ListMetrics"] = Object(
            ("Namespace", Namespace),
            ("MetricName", Name),
            ("Dimensions", ListOf(Object(("Name!", Text(1, 255)), ("Value", Text(1, 1024))), max: 10)),
            ("NextToken", AnyText),
            ("RecentlyActive", OneOf("PT3H")),
            ("IncludeLinkedAccounts", Flag),
            ("OwningAccount", Text(1, 255))),
        ["DescribeAlarms"] = Object(
            ("AlarmNames", ListOf(Name, max: 100)),
            ("AlarmNamePrefix", Name),
            ("AlarmTypes", AlarmTypes),
            ("ChildrenOfAlarmName", Name),
            ("ParentsOfAlarmName", Name),
            ("StateValue", OneOf("OK", "ALARM", "INSUFFICIENT_DATA")),
            ("ActionPrefix", Text(1, 1024)),
            ("MaxRecords", Records),
            ("NextToken", AnyText)),
        ["DescribeAlarmHistory"] = Object(
            ("AlarmName", Name),
            ("AlarmContributorId", Text(1, 16)),
            ("AlarmTypes", AlarmTypes),
            ("HistoryItemType", OneOf("ConfigurationUpdate", "StateUpdate", "Action", "AlarmContributorStateUpdate", "AlarmContributorAction")),
            ("StartDate", Time),
            ("EndDate", Time),
            ("MaxRecords", Records),
            ("NextToken", AnyText),
            ("ScanBy", ScanBy)),
    };
}
