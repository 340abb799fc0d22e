using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Health;

/// <summary>How asking goes.</summary>
/// <param name="Plan">What is asked for.</param>
/// <param name="AnsweredAt">When CloudWatch last answered.</param>
/// <param name="Problem">Why metrics could not be read the last time.</param>
/// <param name="AlarmProblem">Why alarms could not be read the last time.</param>
internal sealed record PollState(ImmutableArray<QueryBatch> Plan, DateTimeOffset? AnsweredAt, string? Problem, string? AlarmProblem);

/// <summary>Asks CloudWatch for what is due and keeps what it answered. What fails is left alone for a while and does not hold up the rest.</summary>
internal sealed partial class CloudWatchPoll(
    CloudWatchCalls calls,
    MonitoredServices services,
    IHealthHistory history,
    ITimeline timeline,
    IOptions<CloudWatchOptions> options,
    TimeProvider time,
    ILogger<CloudWatchPoll> logger)
{
    /// <summary>How many periods are asked for anew each time, so that late data corrects what was heard.</summary>
    private const int PeriodsAnew = 5;

    private readonly MetricReader _reader = new(calls);
    private readonly PastReader _past = new(calls, new MetricReader(calls), history, options.Value.Backfill);
    private readonly AlarmWatch _alarms = new(calls, timeline, options.Value.AlarmPeriod, time);
    private readonly PollClock _clock = new();
    private readonly PollPause _metricsPause = new(time);
    private readonly PollPause _alarmsPause = new(time);
    private readonly Lock _gate = new();
    private Dictionary<string, WatchedService> _watched = new(StringComparer.Ordinal);
    private ImmutableArray<MonitoredService> _planned = [];
    private PollState _state = new([], null, null, null);
    private Task _polling = Task.CompletedTask;

    public PollState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public ImmutableArray<AlarmReading> Alarms => _alarms.Readings;

    /// <summary>Done when no asking is under way.</summary>
    public Task SettledAsync()
    {
        lock (_gate)
        {
            return _polling;
        }
    }

    /// <summary>Starts the asking that is due, unless some is under way, and returns what is known.</summary>
    /// <param name="environment">The console's environment.</param>
    public IReadOnlyList<SourceReading> Look(string environment)
    {
        lock (_gate)
        {
            if (_polling.IsCompleted)
            {
                _polling = PollAsync();
            }

            var alarms = _alarms.Readings.ToLookup(alarm => alarm.Service, StringComparer.Ordinal);
            return
            [
                .. _watched.Values.Select(service =>
                    service.Read(calls.Now, calls.Ahead, environment, _state.Problem) with { Alarms = [.. alarms[service.Definition.Service]] }),
            ];
        }
    }

    private async Task PollAsync()
    {
        // The look that starts it holds the lock: what follows goes on without it.
        await Task.Yield();
        try
        {
            await AskAsync();
        }
        catch (Exception exception)
        {
            LogFailed(exception);
        }
    }

    private async Task AskAsync()
    {
        var (known, storeProblem) = await services.ReadAsync(CancellationToken.None);
        Plan(known);
        var before = State;
        var ahead = calls.Ahead;
        var problem = await TryAsync(_metricsPause, PollMetricsAsync, before.Problem);
        var alarmProblem = await TryAsync(_alarmsPause, () => PollAlarmsAsync(known), before.AlarmProblem);
        lock (_gate)
        {
            _state = _state with { Problem = problem ?? storeProblem, AlarmProblem = alarmProblem };
        }

        Log(before.Problem, problem ?? storeProblem);
        Log(before.AlarmProblem, alarmProblem);
        if (calls.Ahead != ahead && (calls.Ahead - ahead).Duration() > TimeSpan.FromSeconds(1))
        {
            LogClock(Math.Abs(calls.Ahead.TotalSeconds), calls.Ahead > TimeSpan.Zero ? "ahead of" : "behind");
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
            _state = _state with { Plan = QueryPlan.Make(known) };
            _watched = known.ToDictionary(
                service => service.Service,
                service => _watched.TryGetValue(service.Service, out var watched) && ReferenceEquals(watched.Definition, service) ? watched : new WatchedService(service),
                StringComparer.Ordinal);
        }
    }

    private async Task PollMetricsAsync()
    {
        var plan = State.Plan;
        foreach (var batch in plan)
        {
            var now = calls.Now;
            if (!_clock.IsDue(batch.Period, now) && !IsNew(batch))
            {
                continue;
            }

            var end = PollClock.Floor(now, batch.Period) + batch.Period;
            var start = end - (batch.Period * PeriodsAnew) - MetricWindow.Settle(batch.Period);
            Take(await _reader.ReadAsync(batch, PollClock.Floor(start, batch.Period), end, CancellationToken.None));
        }

        // Every batch of a period is asked for before the period counts as asked for.
        foreach (var period in plan.Select(batch => batch.Period).Distinct())
        {
            _clock.Asked(period, calls.Now);
        }

        foreach (var batch in plan)
        {
            await FillAsync(batch);
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

            _state = _state with { AnsweredAt = time.GetUtcNow() };
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
    private async Task FillAsync(QueryBatch batch)
    {
        var fresh = batch.Queries.Select(query => query.Service.Service).Distinct(StringComparer.Ordinal)
            .Select(name => _watched.GetValueOrDefault(name)).OfType<WatchedService>().Where(service => !service.Filled).ToList();
        if (fresh.Count > 0)
        {
            await _past.FillAsync([.. fresh.Select(service => service.Definition)], CancellationToken.None);
            fresh.ForEach(service => service.Filled = true);
        }
    }

    private async Task PollAlarmsAsync(ImmutableArray<MonitoredService> known)
    {
        var now = calls.Now;
        if (known.Any(service => !service.Alarms.IsDefaultOrEmpty) && _clock.IsDue(options.Value.AlarmPeriod, now))
        {
            await _alarms.LookAsync(known, CancellationToken.None);
            _clock.Asked(options.Value.AlarmPeriod, now);
        }
    }

    private static async Task<string?> TryAsync(PollPause pause, Func<Task> poll, string? before)
    {
        if (!pause.IsOver)
        {
            return before;
        }

        try
        {
            await poll();
            pause.Succeeded();
            return null;
        }
        catch (Exception exception) when (exception is MonitoringException or StoreUnavailableException)
        {
            pause.Failed();
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

    [LoggerMessage(LogLevel.Error, "CloudWatch could not be asked this time; the next look asks again.")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Information, "CloudWatch answers again.")]
    private partial void LogWell();

    [LoggerMessage(LogLevel.Warning, "This machine's clock is {Seconds:F0} s {Which} that of CloudWatch; health goes by that of CloudWatch. Set this machine's clock.")]
    private partial void LogClock(double seconds, string which);
}
