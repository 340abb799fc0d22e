using Amazon.CloudWatch.Model;
using Amazon.Runtime.Wire;

namespace Amazon.CloudWatch;

/// <summary>How the operations look on the wire: awsJson 1.0, with the error codes of the query protocol that CloudWatch once spoke.</summary>
internal static class Operations
{
    private const string Target = "GraniteServiceVersion20100801.";

    private static readonly JsonService Service = new(
        "Amazon.CloudWatch",
        naming: null,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = "application/x-amz-json-1.0", ["x-amzn-query-mode"] = "true" },
        (message, inner, type, code, id, status) => new AmazonCloudWatchException(message, inner, type, code, id, status),
        new("InternalServiceFault", "InternalServiceError", (message, inner, type, code, id, status) => new InternalServiceException(message, inner, type, code, id, status)),
        new("InvalidNextToken", "InvalidNextToken", (message, inner, type, code, id, status) => new InvalidNextTokenException(message, inner, type, code, id, status)),
        new(nameof(InvalidParameterCombinationException), "InvalidParameterCombination", (message, inner, type, code, id, status) => new InvalidParameterCombinationException(message, inner, type, code, id, status)),
        new(nameof(InvalidParameterValueException), "InvalidParameterValue", (message, inner, type, code, id, status) => new InvalidParameterValueException(message, inner, type, code, id, status)),
        new(nameof(MissingRequiredParameterException), "MissingParameter", (message, inner, type, code, id, status) => new MissingRequiredParameterException(message, inner, type, code, id, status)));

    public static readonly JsonOperation<DescribeAlarmHistoryRequest, DescribeAlarmHistoryResponse> DescribeAlarmHistory = new(Service, "POST", "/", Target + nameof(DescribeAlarmHistory));
    public static readonly JsonOperation<DescribeAlarmsRequest, DescribeAlarmsResponse> DescribeAlarms = new(Service, "POST", "/", Target + nameof(DescribeAlarms));
    public static readonly JsonOperation<GetMetricDataRequest, GetMetricDataResponse> GetMetricData = new(Service, "POST", "/", Target + nameof(GetMetricData));
    public static readonly JsonOperation<GetMetricStatisticsRequest, GetMetricStatisticsResponse> GetMetricStatistics = new(Service, "POST", "/", Target + nameof(GetMetricStatistics));
    public static readonly JsonOperation<ListMetricsRequest, ListMetricsResponse> ListMetrics = new(Service, "POST", "/", Target + nameof(ListMetrics));
    public static readonly JsonOperation<PutMetricDataRequest, PutMetricDataResponse> PutMetricData = new(Service, "POST", "/", Target + nameof(PutMetricData), compressed: true);
}
