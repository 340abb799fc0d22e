using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>
/// Calls of CloudWatch. Each is waited for as long as the patience lasts, its retries included, and each failure becomes
/// <see cref="MonitoringException"/>.
/// </summary>
internal sealed class CloudWatchCalls(
    IAmazonCloudWatch client, AttemptLog attempts, AwsClock clock, IOptions<CloudWatchOptions> options, TimeProvider time)
{
    /// <summary>How far this machine's clock is ahead of that of CloudWatch.</summary>
    public TimeSpan Ahead => clock.Ahead;

    /// <summary>The time on the clock of CloudWatch.</summary>
    public DateTimeOffset Now => time.GetUtcNow() - Ahead;

    public Task<GetMetricDataResponse> GetMetricDataAsync(GetMetricDataRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, "cloudwatch:GetMetricData", client.GetMetricDataAsync, cancellationToken);

    public Task<DescribeAlarmsResponse> DescribeAlarmsAsync(DescribeAlarmsRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, "cloudwatch:DescribeAlarms", client.DescribeAlarmsAsync, cancellationToken);

    private async Task<TAnswer> SendAsync<TRequest, TAnswer>(
        TRequest request, string permission, Func<TRequest, CancellationToken, Task<TAnswer>> send, CancellationToken cancellationToken)
        where TRequest : AmazonWebServiceRequest
    {
        using var patienceEnds = new CancellationTokenSource(options.Value.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patienceEnds.Token);
        try
        {
            return await send(request, either.Token);
        }
        catch (Exception exception) when (
            (exception is OperationCanceledException || AwsProblems.IsOfAws(exception)) && !cancellationToken.IsCancellationRequested)
        {
            var cause = exception is OperationCanceledException
                ? attempts.LastFailure(request) ?? AwsProblems.NoAnswerWithin(options.Value.Patience)
                : exception;
            throw new MonitoringException(AwsProblems.Explain(cause, permission, client.Config), exception);
        }
    }
}
