using Amazon.Runtime;

namespace Amazon.CloudWatch;

/// <summary>What keeps a composite alarm from acting.</summary>
/// <param name="value">The value on the wire.</param>
public class ActionsSuppressedBy(string value) : ConstantClass(value)
{
    public static readonly ActionsSuppressedBy Alarm = new("Alarm");
    public static readonly ActionsSuppressedBy ExtensionPeriod = new("ExtensionPeriod");
    public static readonly ActionsSuppressedBy WaitPeriod = new("WaitPeriod");

    public static implicit operator ActionsSuppressedBy(string value) => FindValue(value);

    public static ActionsSuppressedBy FindValue(string value) => FindValue<ActionsSuppressedBy>(value);
}

/// <summary>The kinds of alarms.</summary>
/// <param name="value">The value on the wire.</param>
public class AlarmType(string value) : ConstantClass(value)
{
    public static readonly AlarmType CompositeAlarm = new("CompositeAlarm");
    public static readonly AlarmType LogAlarm = new("LogAlarm");
    public static readonly AlarmType MetricAlarm = new("MetricAlarm");

    public static implicit operator AlarmType(string value) => FindValue(value);

    public static AlarmType FindValue(string value) => FindValue<AlarmType>(value);
}

/// <summary>How an alarm compares.</summary>
/// <param name="value">The value on the wire.</param>
public class ComparisonOperator(string value) : ConstantClass(value)
{
    public static readonly ComparisonOperator GreaterThanOrEqualToThreshold = new("GreaterThanOrEqualToThreshold");
    public static readonly ComparisonOperator GreaterThanThreshold = new("GreaterThanThreshold");
    public static readonly ComparisonOperator GreaterThanUpperThreshold = new("GreaterThanUpperThreshold");
    public static readonly ComparisonOperator LessThanLowerOrGreaterThanUpperThreshold = new("LessThanLowerOrGreaterThanUpperThreshold");
    public static readonly ComparisonOperator LessThanLowerThreshold = new("LessThanLowerThreshold");
    public static readonly ComparisonOperator LessThanOrEqualToThreshold = new("LessThanOrEqualToThreshold");
    public static readonly ComparisonOperator LessThanThreshold = new("LessThanThreshold");

    public static implicit operator ComparisonOperator(string value) => FindValue(value);

    public static ComparisonOperator FindValue(string value) => FindValue<ComparisonOperator>(value);
}

/// <summary>Why an evaluation says less than it should.</summary>
/// <param name="value">The value on the wire.</param>
public class EvaluationState(string value) : ConstantClass(value)
{
    public static readonly EvaluationState EVALUATION_ERROR = new("EVALUATION_ERROR");
    public static readonly EvaluationState EVALUATION_FAILURE = new("EVALUATION_FAILURE");
    public static readonly EvaluationState PARTIAL_DATA = new("PARTIAL_DATA");

    public static implicit operator EvaluationState(string value) => FindValue(value);

    public static EvaluationState FindValue(string value) => FindValue<EvaluationState>(value);
}

/// <summary>What can happen to an alarm.</summary>
/// <param name="value">The value on the wire.</param>
public class HistoryItemType(string value) : ConstantClass(value)
{
    public static readonly HistoryItemType Action = new("Action");
    public static readonly HistoryItemType AlarmContributorAction = new("AlarmContributorAction");
    public static readonly HistoryItemType AlarmContributorStateUpdate = new("AlarmContributorStateUpdate");
    public static readonly HistoryItemType ConfigurationUpdate = new("ConfigurationUpdate");
    public static readonly HistoryItemType StateUpdate = new("StateUpdate");

    public static implicit operator HistoryItemType(string value) => FindValue(value);

    public static HistoryItemType FindValue(string value) => FindValue<HistoryItemType>(value);
}

/// <summary>How recently a metric must have had data.</summary>
/// <param name="value">The value on the wire.</param>
public class RecentlyActive(string value) : ConstantClass(value)
{
    public static readonly RecentlyActive PT3H = new("PT3H");

    public static implicit operator RecentlyActive(string value) => FindValue(value);

    public static RecentlyActive FindValue(string value) => FindValue<RecentlyActive>(value);
}

/// <summary>Newest first or oldest first.</summary>
/// <param name="value">The value on the wire.</param>
public class ScanBy(string value) : ConstantClass(value)
{
    public static readonly ScanBy TimestampAscending = new("TimestampAscending");
    public static readonly ScanBy TimestampDescending = new("TimestampDescending");

    public static implicit operator ScanBy(string value) => FindValue(value);

    public static ScanBy FindValue(string value) => FindValue<ScanBy>(value);
}

/// <summary>Units of metrics.</summary>
/// <param name="value">The value on the wire.</param>
public class StandardUnit(string value) : ConstantClass(value)
{
    public static readonly StandardUnit Bits = new("Bits");
    public static readonly StandardUnit BitsSecond = new("Bits/Second");
    public static readonly StandardUnit Bytes = new("Bytes");
    public static readonly StandardUnit BytesSecond = new("Bytes/Second");
    public static readonly StandardUnit Count = new("Count");
    public static readonly StandardUnit CountSecond = new("Count/Second");
    public static readonly StandardUnit Gigabits = new("Gigabits");
    public static readonly StandardUnit GigabitsSecond = new("Gigabits/Second");
    public static readonly StandardUnit Gigabytes = new("Gigabytes");
    public static readonly StandardUnit GigabytesSecond = new("Gigabytes/Second");
    public static readonly StandardUnit Kilobits = new("Kilobits");
    public static readonly StandardUnit KilobitsSecond = new("Kilobits/Second");
    public static readonly StandardUnit Kilobytes = new("Kilobytes");
    public static readonly StandardUnit KilobytesSecond = new("Kilobytes/Second");
    public static readonly StandardUnit Megabits = new("Megabits");
    public static readonly StandardUnit MegabitsSecond = new("Megabits/Second");
    public static readonly StandardUnit Megabytes = new("Megabytes");
    public static readonly StandardUnit MegabytesSecond = new("Megabytes/Second");
    public static readonly StandardUnit Microseconds = new("Microseconds");
    public static readonly StandardUnit Milliseconds = new("Milliseconds");
    public static readonly StandardUnit None = new("None");
    public static readonly StandardUnit Percent = new("Percent");
    public static readonly StandardUnit Seconds = new("Seconds");
    public static readonly StandardUnit Terabits = new("Terabits");
    public static readonly StandardUnit TerabitsSecond = new("Terabits/Second");
    public static readonly StandardUnit Terabytes = new("Terabytes");
    public static readonly StandardUnit TerabytesSecond = new("Terabytes/Second");

    public static implicit operator StandardUnit(string value) => FindValue(value);

    public static StandardUnit FindValue(string value) => FindValue<StandardUnit>(value);
}

/// <summary>States of an alarm.</summary>
/// <param name="value">The value on the wire.</param>
public class StateValue(string value) : ConstantClass(value)
{
    public static readonly StateValue ALARM = new("ALARM");
    public static readonly StateValue INSUFFICIENT_DATA = new("INSUFFICIENT_DATA");
    public static readonly StateValue OK = new("OK");

    public static implicit operator StateValue(string value) => FindValue(value);

    public static StateValue FindValue(string value) => FindValue<StateValue>(value);
}

/// <summary>Statistics of a metric.</summary>
/// <param name="value">The value on the wire.</param>
public class Statistic(string value) : ConstantClass(value)
{
    public static readonly Statistic Average = new("Average");
    public static readonly Statistic Maximum = new("Maximum");
    public static readonly Statistic Minimum = new("Minimum");
    public static readonly Statistic SampleCount = new("SampleCount");
    public static readonly Statistic Sum = new("Sum");

    public static implicit operator Statistic(string value) => FindValue(value);

    public static Statistic FindValue(string value) => FindValue<Statistic>(value);
}

/// <summary>Whether a series is complete.</summary>
/// <param name="value">The value on the wire.</param>
public class StatusCode(string value) : ConstantClass(value)
{
    public static readonly StatusCode Complete = new("Complete");
    public static readonly StatusCode Forbidden = new("Forbidden");
    public static readonly StatusCode InternalError = new("InternalError");
    public static readonly StatusCode PartialData = new("PartialData");

    public static implicit operator StatusCode(string value) => FindValue(value);

    public static StatusCode FindValue(string value) => FindValue<StatusCode>(value);
}
