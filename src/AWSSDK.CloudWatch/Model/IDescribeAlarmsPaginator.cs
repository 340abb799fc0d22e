using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Every page of DescribeAlarms; can be read through once.</summary>
public interface IDescribeAlarmsPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<DescribeAlarmsResponse> Responses { get; }

    /// <summary>The <see cref="DescribeAlarmsResponse.MetricAlarms"/> of all pages.</summary>
    IPaginatedEnumerable<MetricAlarm> MetricAlarms { get; }

    /// <summary>The <see cref="DescribeAlarmsResponse.CompositeAlarms"/> of all pages.</summary>
    IPaginatedEnumerable<CompositeAlarm> CompositeAlarms { get; }
}

internal sealed class DescribeAlarmsPaginator(IAmazonCloudWatch client, DescribeAlarmsRequest request)
    : Paginator<DescribeAlarmsRequest, DescribeAlarmsResponse>(request, client.DescribeAlarmsAsync), IDescribeAlarmsPaginator
{
    public IPaginatedEnumerable<MetricAlarm> MetricAlarms => Each(page => page.MetricAlarms);

    public IPaginatedEnumerable<CompositeAlarm> CompositeAlarms => Each(page => page.CompositeAlarms);
}
