using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Asks for up to 500 series; start inclusive, end exclusive.</summary>
public class GetMetricDataRequest : AmazonCloudWatchRequest, IPaged
{
    public List<MetricDataQuery> MetricDataQueries { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public string NextToken { get; set; }

    public ScanBy ScanBy { get; set; }

    public int? MaxDatapoints { get; set; }

    public LabelOptions LabelOptions { get; set; }
}

/// <summary>The time zone of the labels.</summary>
public class LabelOptions
{
    public string Timezone { get; set; }
}

/// <summary>One page of series; a series may go on in the next page under the same id.</summary>
public class GetMetricDataResponse : AmazonWebServiceResponse, IPaged
{
    public List<MetricDataResult> MetricDataResults { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }

    public List<MessageData> Messages { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>Points of one series: times and values side by side.</summary>
public class MetricDataResult
{
    public string Id { get; set; }

    public string Label { get; set; }

    public List<DateTime> Timestamps { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<double> Values { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public StatusCode StatusCode { get; set; }

    public List<MessageData> Messages { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>A remark on the data.</summary>
public class MessageData
{
    public string Code { get; set; }

    public string Value { get; set; }
}
