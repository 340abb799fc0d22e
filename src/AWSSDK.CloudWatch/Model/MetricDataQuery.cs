namespace Amazon.CloudWatch.Model;

/// <summary>One series to compute: a metric's statistic, or an expression over the others.</summary>
public class MetricDataQuery
{
    public string Id { get; set; }

    public MetricStat MetricStat { get; set; }

    public string Expression { get; set; }

    public string Label { get; set; }

    public bool? ReturnData { get; set; }

    public int? Period { get; set; }

    public string AccountId { get; set; }
}

/// <summary>A statistic of a metric over periods of so many seconds.</summary>
public class MetricStat
{
    public Metric Metric { get; set; }

    public int? Period { get; set; }

    public string Stat { get; set; }

    public StandardUnit Unit { get; set; }
}
