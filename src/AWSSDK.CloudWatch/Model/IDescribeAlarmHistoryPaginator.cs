using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Every page of DescribeAlarmHistory; can be read through once.</summary>
public interface IDescribeAlarmHistoryPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<DescribeAlarmHistoryResponse> Responses { get; }

    /// <summary>The <see cref="DescribeAlarmHistoryResponse.AlarmHistoryItems"/> of all pages.</summary>
    IPaginatedEnumerable<AlarmHistoryItem> AlarmHistoryItems { get; }
}

internal sealed class DescribeAlarmHistoryPaginator(IAmazonCloudWatch client, DescribeAlarmHistoryRequest request)
    : Paginator<DescribeAlarmHistoryRequest, DescribeAlarmHistoryResponse>(request, client.DescribeAlarmHistoryAsync), IDescribeAlarmHistoryPaginator
{
    public IPaginatedEnumerable<AlarmHistoryItem> AlarmHistoryItems => Each(page => page.AlarmHistoryItems);
}
