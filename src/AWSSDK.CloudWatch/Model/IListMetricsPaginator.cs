using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch.Model;

/// <summary>Every page of ListMetrics; can be read through once.</summary>
public interface IListMetricsPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<ListMetricsResponse> Responses { get; }

    /// <summary>The <see cref="ListMetricsResponse.Metrics"/> of all pages.</summary>
    IPaginatedEnumerable<Metric> Metrics { get; }

    /// <summary>The <see cref="ListMetricsResponse.OwningAccounts"/> of all pages.</summary>
    IPaginatedEnumerable<string> OwningAccounts { get; }
}

internal sealed class ListMetricsPaginator(IAmazonCloudWatch client, ListMetricsRequest request)
    : Paginator<ListMetricsRequest, ListMetricsResponse>(request, client.ListMetricsAsync), IListMetricsPaginator
{
    public IPaginatedEnumerable<Metric> Metrics => Each(page => page.Metrics);

    public IPaginatedEnumerable<string> OwningAccounts => Each(page => page.OwningAccounts);
}
