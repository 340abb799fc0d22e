using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Asks for up to 1,440 points of one metric.</summary>
public class GetMetricStatisticsRequest : AmazonCloudWatchRequest
{
    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public int? Period { get; set; }

    public List<string> Statistics { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> ExtendedStatistics { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public StandardUnit Unit { get; set; }
}

/// <summary>Points of one metric, in no order.</summary>
public class GetMetricStatisticsResponse : AmazonWebServiceResponse
{
    public string Label { get; set; }

    public List<Datapoint> Datapoints { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>The statistics of one period.</summary>
public class Datapoint
{
    public DateTime? Timestamp { get; set; }

    public double? SampleCount { get; set; }

    public double? Average { get; set; }

    public double? Sum { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public StandardUnit Unit { get; set; }

    public Dictionary<string, double> ExtendedStatistics { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
