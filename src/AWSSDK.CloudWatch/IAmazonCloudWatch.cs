using Amazon.CloudWatch.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.CloudWatch;

/// <summary>Amazon CloudWatch. Safe for use by many threads at once.</summary>
public interface IAmazonCloudWatch : IAmazonService, IDisposable
{
    /// <summary>Reads lists through to their end.</summary>
    ICloudWatchPaginatorFactory Paginators { get; }

    /// <summary>What happened to alarms.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<DescribeAlarmHistoryResponse> DescribeAlarmHistoryAsync(CancellationToken cancellationToken = default);

    /// <summary>What happened to alarms.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<DescribeAlarmHistoryResponse> DescribeAlarmHistoryAsync(DescribeAlarmHistoryRequest request, CancellationToken cancellationToken = default);

    /// <summary>Alarms and their states; nine calls a second at most.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<DescribeAlarmsResponse> DescribeAlarmsAsync(CancellationToken cancellationToken = default);

    /// <summary>Alarms and their states; nine calls a second at most.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<DescribeAlarmsResponse> DescribeAlarmsAsync(DescribeAlarmsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Up to 500 series and 100,800 points a call; 50 calls a second at most.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<GetMetricDataResponse> GetMetricDataAsync(GetMetricDataRequest request, CancellationToken cancellationToken = default);

    /// <summary>Up to 1,440 points of one metric.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<GetMetricStatisticsResponse> GetMetricStatisticsAsync(GetMetricStatisticsRequest request, CancellationToken cancellationToken = default);

    /// <summary>The metrics that had data in the last two weeks.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ListMetricsResponse> ListMetricsAsync(CancellationToken cancellationToken = default);

    /// <summary>The metrics that had data in the last two weeks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ListMetricsResponse> ListMetricsAsync(ListMetricsRequest request, CancellationToken cancellationToken = default);

    /// <summary>Publishes up to 1,000 data, 1 MB; 500 calls a second at most.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<PutMetricDataResponse> PutMetricDataAsync(PutMetricDataRequest request, CancellationToken cancellationToken = default);

    /// <summary>The endpoint that a request would go to.</summary>
    /// <param name="request">The request.</param>
    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonCloudWatchConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        clientConfig is not AmazonCloudWatchConfig config
            ? throw new AmazonClientException($"A AmazonCloudWatchClient needs an AmazonCloudWatchConfig, not a {clientConfig?.GetType().Name}.")
            : awsCredentials is null ? new AmazonCloudWatchClient(config) : new AmazonCloudWatchClient(awsCredentials, config);
}
