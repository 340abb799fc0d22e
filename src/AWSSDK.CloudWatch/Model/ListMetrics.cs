using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Asks for metrics of the last two weeks; 500 a page.</summary>
public class ListMetricsRequest : AmazonCloudWatchRequest, IPaged
{
    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<DimensionFilter> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }

    public RecentlyActive RecentlyActive { get; set; }

    public bool? IncludeLinkedAccounts { get; set; }

    public string OwningAccount { get; set; }
}

/// <summary>One page of metrics.</summary>
public class ListMetricsResponse : AmazonWebServiceResponse, IPaged
{
    public List<Metric> Metrics { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }

    public List<string> OwningAccounts { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
