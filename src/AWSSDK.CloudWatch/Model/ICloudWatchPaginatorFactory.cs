namespace Amazon.CloudWatch.Model;

/// <summary>Reads lists of CloudWatch through to their end.</summary>
public interface ICloudWatchPaginatorFactory
{
    /// <summary>Reads every page of DescribeAlarmHistory.</summary>
    /// <param name="request">The first request.</param>
    IDescribeAlarmHistoryPaginator DescribeAlarmHistory(DescribeAlarmHistoryRequest request);

    /// <summary>Reads every page of DescribeAlarms.</summary>
    /// <param name="request">The first request.</param>
    IDescribeAlarmsPaginator DescribeAlarms(DescribeAlarmsRequest request);

    /// <summary>Reads every page of GetMetricData.</summary>
    /// <param name="request">The first request.</param>
    IGetMetricDataPaginator GetMetricData(GetMetricDataRequest request);

    /// <summary>Reads every page of ListMetrics.</summary>
    /// <param name="request">The first request.</param>
    IListMetricsPaginator ListMetrics(ListMetricsRequest request);
}

internal sealed class CloudWatchPaginatorFactory(IAmazonCloudWatch client) : ICloudWatchPaginatorFactory
{
    public IDescribeAlarmHistoryPaginator DescribeAlarmHistory(DescribeAlarmHistoryRequest request) => new DescribeAlarmHistoryPaginator(client, request);

    public IDescribeAlarmsPaginator DescribeAlarms(DescribeAlarmsRequest request) => new DescribeAlarmsPaginator(client, request);

    public IGetMetricDataPaginator GetMetricData(GetMetricDataRequest request) => new GetMetricDataPaginator(client, request);

    public IListMetricsPaginator ListMetrics(ListMetricsRequest request) => new ListMetricsPaginator(client, request);
}
