namespace Amazon.CloudWatch.Model;

/// <summary>A metric: namespace, name and dimensions.</summary>
public class Metric
{
    public string Namespace { get; set; }

    public string MetricName { get; set; }

    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>One dimension of a metric.</summary>
public class Dimension
{
    public string Name { get; set; }

    public string Value { get; set; }
}

/// <summary>A dimension that a metric must have, with this value or any.</summary>
public class DimensionFilter
{
    public string Name { get; set; }

    public string Value { get; set; }
}
