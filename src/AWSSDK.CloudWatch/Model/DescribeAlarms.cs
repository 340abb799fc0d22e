using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Asks for alarms; 1 to 100 a page.</summary>
public class DescribeAlarmsRequest : AmazonCloudWatchRequest, IPaged
{
    public List<string> AlarmNames { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string AlarmNamePrefix { get; set; }

    public List<string> AlarmTypes { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string ChildrenOfAlarmName { get; set; }

    public string ParentsOfAlarmName { get; set; }

    public StateValue StateValue { get; set; }

    public string ActionPrefix { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }
}

/// <summary>One page of alarms.</summary>
public class DescribeAlarmsResponse : AmazonWebServiceResponse, IPaged
{
    public List<CompositeAlarm> CompositeAlarms { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<MetricAlarm> MetricAlarms { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<LogAlarm> LogAlarms { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }
}
