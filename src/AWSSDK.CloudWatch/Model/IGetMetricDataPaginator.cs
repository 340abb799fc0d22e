using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Every page of GetMetricData; can be read through once.</summary>
public interface IGetMetricDataPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<GetMetricDataResponse> Responses { get; }

    /// <summary>The <see cref="GetMetricDataResponse.MetricDataResults"/> of all pages.</summary>
    IPaginatedEnumerable<MetricDataResult> MetricDataResults { get; }

    /// <summary>The <see cref="GetMetricDataResponse.Messages"/> of all pages.</summary>
    IPaginatedEnumerable<MessageData> Messages { get; }
}

internal sealed class GetMetricDataPaginator(IAmazonCloudWatch client, GetMetricDataRequest request)
    : Paginator<GetMetricDataRequest, GetMetricDataResponse>(request, client.GetMetricDataAsync), IGetMetricDataPaginator
{
    public IPaginatedEnumerable<MetricDataResult> MetricDataResults => Each(page => page.MetricDataResults);

    public IPaginatedEnumerable<MessageData> Messages => Each(page => page.Messages);
}
