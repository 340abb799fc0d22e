using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Aws.Experiments;

/// <summary>
/// Writes the vital signs during runs to CloudWatch, where the alarms of templates and whoever looks at AWS find them. It only listens: what goes wrong
/// here is logged and tried again, and no run hears of it.
/// </summary>
internal sealed partial class RunMetrics(
    IAmazonCloudWatch client,
    RunFeed runs,
    HealthFeed health,
    Leadership leadership,
    IOptions<FisOptions> options,
    TimeProvider time,
    ILogger<RunMetrics> logger) : BackgroundService
{
    public const string Namespace = "ChaosEngineering";

    /// <summary>How many data CloudWatch takes in one call.</summary>
    public const int MostInACall = 1000;

    private const int MostKept = 10_000;

    /// <summary>How long a console that goes down tries to write what is left.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Queue<MetricDatum> _waiting = new();
    private readonly Dictionary<string, DateTimeOffset> _taken = new(StringComparer.Ordinal);
    private string? _problem;

    /// <summary>Takes the newest sample of the service of each run that goes on; one that was taken before does not count again.</summary>
    public void Take(RunSnapshot snapshot, HealthSnapshot look)
    {
        if (!leadership.IsLeader)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var over in _taken.Keys.Except(snapshot.Active.Select(run => run.Id), StringComparer.Ordinal).ToList())
            {
                _taken.Remove(over);
            }

            foreach (var run in snapshot.Active.Where(run => run.State is RunState.Running or RunState.Halting or RunState.Recovering))
            {
                if (look.Find(run.Experiment.Service) is { IsEvidence: true, At: { } at } sample && at > _taken.GetValueOrDefault(run.Id) && at >= run.StartedAt)
                {
                    _taken[run.Id] = at;
                    Add(run.Id, at, "ErrorRate", sample.Signs.ErrorRate, StandardUnit.Percent, sample.Period);
                    Add(run.Id, at, "Latency", sample.Signs.LatencyP95, StandardUnit.Milliseconds, sample.Period);
                    Add(run.Id, at, "Throughput", sample.Signs.Throughput, StandardUnit.CountSecond, sample.Period);
                }
            }

            while (_waiting.Count > MostKept)
            {
                _waiting.Dequeue();
            }
        }
    }

    /// <summary>Writes what was gathered. Never throws: what could not be written waits for the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Next() is { Count: > 0 } batch)
        {
            using var limit = new CancellationTokenSource(options.Value.Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await client.PutMetricDataAsync(new PutMetricDataRequest { Namespace = Namespace, MetricData = batch }, either.Token);
                Drop(batch);
                Note(null);
            }
            catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
            {
                if (exception is AmazonServiceException { StatusCode: System.Net.HttpStatusCode.BadRequest } refused && !AwsProblems.IsDenied(refused) && !AwsProblems.IsThrottled(refused))
                {
                    // It would be refused again, and stand in the way of what follows.
                    Drop(batch);
                }

                Note(exception is OperationCanceledException
                    ? "AWS did not answer cloudwatch:PutMetricData in time."
                    : AwsProblems.Explain(exception, "cloudwatch:PutMetricData"));
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(ListenAsync(stoppingToken), WriteAsync(stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var limit = new CancellationTokenSource(LastPatience, time);
        await FlushAsync(limit.Token);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var look in health.WatchAsync(cancellationToken))
        {
            try
            {
                Take(runs.Current, look);
            }
            catch (Exception exception)
            {
                LogBroken(exception);
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.Value.WriteMetricsEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await FlushAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogBroken(exception);
            }
        }
    }

    private void Add(string run, DateTimeOffset at, string metric, double? value, StandardUnit unit, TimeSpan period)
    {
        if (value is { } known && double.IsFinite(known))
        {
            _waiting.Enqueue(new MetricDatum
            {
                MetricName = metric,
                Dimensions = [new Dimension { Name = "ExperimentId", Value = run }],
                Timestamp = at.UtcDateTime,
                Value = known,
                Unit = unit,
                StorageResolution = period < TimeSpan.FromMinutes(1) ? 1 : 60,
            });
        }
    }

    private List<MetricDatum> Next()
    {
        lock (_gate)
        {
            return [.. _waiting.Take(MostInACall)];
        }
    }

    private void Drop(List<MetricDatum> written)
    {
        lock (_gate)
        {
            // Some of it may have been let go meanwhile for being too old.
            var gone = new HashSet<MetricDatum>(written, ReferenceEqualityComparer.Instance);
            while (_waiting.TryPeek(out var oldest) && gone.Contains(oldest))
            {
                _waiting.Dequeue();
            }
        }
    }

    private void Note(string? problem)
    {
        if (problem != _problem)
        {
            _problem = problem;
            if (problem is null)
            {
                LogBack();
            }
            else
            {
                LogProblem(problem);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The vital signs of runs cannot be written to CloudWatch, and follow later: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The vital signs of runs could not be written; the next look follows")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "The vital signs of runs are written to CloudWatch again")]
    private partial void LogBack();
}
