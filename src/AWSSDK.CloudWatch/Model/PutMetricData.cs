using Amazon.Runtime;

namespace Amazon.CloudWatch.Model;

/// <summary>Publishes metrics: up to 1,000 data and 1 MB in one call.</summary>
public class PutMetricDataRequest : AmazonCloudWatchRequest
{
    public string Namespace { get; set; }

    public List<MetricDatum> MetricData { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<EntityMetricData> EntityMetricData { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public bool? StrictEntityValidation { get; set; }
}

/// <summary>The data are taken.</summary>
public class PutMetricDataResponse : AmazonWebServiceResponse;

/// <summary>A value, up to 150 values with counts, or a statistic set of one metric at one time.</summary>
public class MetricDatum
{
    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public DateTime? Timestamp { get; set; }

    public double? Value { get; set; }

    public StatisticSet StatisticValues { get; set; }

    public List<double> Values { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<double> Counts { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public StandardUnit Unit { get; set; }

    public int? StorageResolution { get; set; }
}

/// <summary>Several values in one: how many, sum, least, greatest.</summary>
public class StatisticSet
{
    public double? SampleCount { get; set; }

    public double? Sum { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }
}

/// <summary>Metrics that belong to an entity.</summary>
public class EntityMetricData
{
    public Entity Entity { get; set; }

    public List<MetricDatum> MetricData { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>What metrics belong to.</summary>
public class Entity
{
    public Dictionary<string, string> KeyAttributes { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> Attributes { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
