using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Asks for what happened to alarms; 1 to 100 items a page.</summary>
public class DescribeAlarmHistoryRequest : AmazonCloudWatchRequest, IPaged
{
    public string AlarmName { get; set; }

    public string AlarmContributorId { get; set; }

    public List<string> AlarmTypes { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public HistoryItemType HistoryItemType { get; set; }

    public DateTime? StartDate { get; set; }

    public DateTime? EndDate { get; set; }

    public int? MaxRecords { get; set; }

    public string NextToken { get; set; }

    public ScanBy ScanBy { get; set; }
}

/// <summary>One page of history.</summary>
public class DescribeAlarmHistoryResponse : AmazonWebServiceResponse, IPaged
{
    public List<AlarmHistoryItem> AlarmHistoryItems { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }
}

/// <summary>Something that happened to an alarm.</summary>
public class AlarmHistoryItem
{
    public string AlarmName { get; set; }

    public string AlarmContributorId { get; set; }

    public AlarmType AlarmType { get; set; }

    public DateTime? Timestamp { get; set; }

    public HistoryItemType HistoryItemType { get; set; }

    public string HistorySummary { get; set; }

    public string HistoryData { get; set; }

    public Dictionary<string, string> AlarmContributorAttributes { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
