using System.Collections.Immutable;
using Amazon.CloudWatch;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Health;

/// <summary>
/// Health from CloudWatch. A look never waits for AWS: it returns what is known and starts the asking that is due, so nobody asks where
/// nobody looks, and of several consoles only the one that leads pays.
/// </summary>
internal sealed partial class CloudWatchHealthSource(
    IAmazonCloudWatch client,
    MonitoredServices services,
    IHealthHistory history,
    ITimeline timeline,
    ConsoleEnvironment environment,
    IOptions<CloudWatchOptions> options,
    TimeProvider time,
    ILogger<CloudWatchHealthSource> logger) : IHealthSource, IMonitoring
{
    /// <summary>How many periods are asked for anew each time, so that late data corrects what was heard.</summary>
    private const int PeriodsAnew = 5;

    private readonly MetricReader _reader = new(client);
    private readonly AlarmWatch _alarms = new(client, timeline);
    private readonly PastReader _past = new(client, history, options.Value.Backfill);
    private readonly PollClock _clock = new();
    private readonly Lock _gate = new();
    private Dictionary<string, WatchedService> _watched = new(StringComparer.Ordinal);
    private ImmutableArray<MonitoredService> _planned = [];
    private ImmutableArray<QueryBatch> _plan = [];
    private Task _polling = Task.CompletedTask;
    private DateTimeOffset? _answeredAt;
    private string? _problem;
    private string? _alarmProblem;

    public string Name => "CloudWatch";

    public ImmutableArray<MonitoringPreset> Presets => CloudWatchPresets.All;

    public MonitoringStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new()
                {
                    Services = [.. services.Known.OrderBy(service => service.Service, StringComparer.Ordinal)],
                    FromSettings = services.Configured,
                    Alarms = _alarms.Readings,
                    Cost = PollPrice.Of(_plan, options.Value),
                    AnsweredAt = _answeredAt,
                    Problem = _problem,
                    AlarmProblem = _alarmProblem,
                };
            }
        }
    }

    public void Refresh() => services.Forget();

    /// <summary>Done when no asking is under way.</summary>
    public Task SettledAsync()
    {
        lock (_gate)
        {
            return _polling;
        }
    }

    public ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_polling.IsCompleted)
            {
                _polling = PollAsync();
            }

            var now = time.GetUtcNow();
            var alarms = _alarms.Readings.ToLookup(alarm => alarm.Service, StringComparer.Ordinal);
            return ValueTask.FromResult<IReadOnlyList<SourceReading>>(
            [
                .. _watched.Values.Select(service => service.Read(now, environment.Name, _problem) with { Alarms = [.. alarms[service.Definition.Service]] }),
            ]);
        }
    }

    public async ValueTask<IReadOnlyList<MetricPreview>> TryAsync(MonitoredService service, CancellationToken cancellationToken)
    {
        const int Periods = 10;
        var now = time.GetUtcNow();
        var end = PollClock.Floor(now, service.Period) + service.Period;
        try
        {
            var answers = await _reader.ReadAsync(QueryPlan.Make([service])[0], end - (service.Period * Periods), end, cancellationToken);
            return
            [
                .. answers.Where(answer => answer.Query.Metric.Role != MetricRole.Operand).Select(answer => answer.Points is { Count: > 0 } points
                    ? new MetricPreview(answer.Query.Metric.Id, points.Keys.Last(), points.Values.Last() * answer.Query.Metric.Scale, answer.Problem)
                    : new MetricPreview(answer.Query.Metric.Id, null, null, answer.Problem ?? $"No data in the last {Periods} periods.")),
            ];
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw new MonitoringException(AwsProblems.Explain(exception, "cloudwatch:GetMetricData"), exception);
        }
    }

    private async Task PollAsync()
    {
        // The look that starts it holds the lock: what follows goes on without it.
        await Task.Yield();
        using var limit = new CancellationTokenSource(options.Value.Patience, time);
        var (known, storeProblem) = await services.ReadAsync(limit.Token);
        Plan(known);
        var problem = await GuardAsync(() => PollMetricsAsync(limit.Token), "cloudwatch:GetMetricData");
        var alarmProblem = await GuardAsync(() => PollAlarmsAsync(known, limit.Token), "cloudwatch:DescribeAlarms");
        lock (_gate)
        {
            Log(_problem, problem);
            Log(_alarmProblem, alarmProblem);
            (_problem, _alarmProblem) = (problem ?? storeProblem, alarmProblem);
        }
    }

    private void Plan(ImmutableArray<MonitoredService> known)
    {
        if (known == _planned)
        {
            return;
        }

        lock (_gate)
        {
            _planned = known;
            _plan = QueryPlan.Make(known);
            _watched = known.ToDictionary(
                service => service.Service,
                service => _watched.TryGetValue(service.Service, out var watched) && ReferenceEquals(watched.Definition, service) ? watched : new WatchedService(service),
                StringComparer.Ordinal);
        }
    }

    private async Task PollMetricsAsync(CancellationToken cancellationToken)
    {
        foreach (var batch in _plan)
        {
            var now = time.GetUtcNow();
            if (!_clock.IsDue(batch.Period, now) && !IsNew(batch))
            {
                continue;
            }

            var end = PollClock.Floor(now, batch.Period) + batch.Period;
            var start = end - (batch.Period * PeriodsAnew) - MetricWindow.Settle(batch.Period);
            var answers = await _reader.ReadAsync(batch, PollClock.Floor(start, batch.Period), end, cancellationToken);
            Take(answers);
        }

        // Every batch of a period is asked for before the period counts as asked for.
        foreach (var period in _plan.Select(batch => batch.Period).Distinct())
        {
            _clock.Asked(period, time.GetUtcNow());
        }

        foreach (var batch in _plan)
        {
            await FillAsync(batch, cancellationToken);
        }
    }

    private void Take(ImmutableArray<QueryAnswer> answers)
    {
        lock (_gate)
        {
            foreach (var group in answers.GroupBy(answer => answer.Query.Service.Service, StringComparer.Ordinal))
            {
                _watched.GetValueOrDefault(group.Key)?.Take([.. group]);
            }

            _answeredAt = time.GetUtcNow();
        }
    }

    private bool IsNew(QueryBatch batch)
    {
        lock (_gate)
        {
            return batch.Queries.Any(query => _watched.GetValueOrDefault(query.Service.Service) is { Filled: false });
        }
    }

    /// <summary>Asks for the past of the services of which it was not asked for yet.</summary>
    private async Task FillAsync(QueryBatch batch, CancellationToken cancellationToken)
    {
        var fresh = batch.Queries.Select(query => query.Service.Service).Distinct(StringComparer.Ordinal)
            .Select(name => _watched.GetValueOrDefault(name)).OfType<WatchedService>().Where(service => !service.Filled).ToList();
        if (fresh.Count > 0)
        {
            await _past.FillAsync([.. fresh.Select(service => service.Definition)], time.GetUtcNow(), cancellationToken);
            fresh.ForEach(service => service.Filled = true);
        }
    }

    private async Task PollAlarmsAsync(ImmutableArray<MonitoredService> known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (known.Any(service => !service.Alarms.IsDefaultOrEmpty) && _clock.IsDue(options.Value.AlarmPeriod, now))
        {
            await _alarms.LookAsync(known, cancellationToken);
            _clock.Asked(options.Value.AlarmPeriod, now);
        }
    }

    private static async Task<string?> GuardAsync(Func<Task> poll, string permission)
    {
        try
        {
            await poll();
            return null;
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            return AwsProblems.Explain(exception, permission);
        }
        catch (OperationCanceledException)
        {
            return "CloudWatch did not answer in time.";
        }
        catch (Exception exception) when (exception is MonitoringException or Core.Records.StoreUnavailableException)
        {
            return exception.Message;
        }
    }

    private void Log(string? before, string? now)
    {
        if (now is not null && now != before)
        {
            LogProblem(now);
        }
        else if (now is null && before is not null)
        {
            LogWell();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Health cannot be read from CloudWatch: {Problem}")]
    private partial void LogProblem(string problem);

    [LoggerMessage(LogLevel.Information, "CloudWatch answers again.")]
    private partial void LogWell();
}
