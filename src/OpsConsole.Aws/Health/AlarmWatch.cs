using System.Collections.Immutable;
using Amazon.CloudWatch.Model;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Health;

/// <summary>Follows the states of alarms and tells the timeline of each change, so that it is marked on the service's charts.</summary>
/// <remarks>Level-triggered: a state is compared with what the timeline last said of the alarm, so a change that happened while nobody
/// looked is told late rather than never.</remarks>
internal sealed class AlarmWatch(CloudWatchCalls calls, ITimeline timeline, TimeSpan period, TimeProvider time)
{
    private const int MostNames = 100;

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    private long? _lookedAt;

    /// <summary>The alarms as last heard.</summary>
    public ImmutableArray<AlarmReading> Readings { get; private set; } = [];

    /// <summary>Asks for the states of every alarm. Called by one at a time.</summary>
    /// <exception cref="MonitoringException">CloudWatch cannot be asked now.</exception>
    /// <exception cref="StoreUnavailableException">The timeline cannot be told now; the next look tells it.</exception>
    public async Task LookAsync(IEnumerable<MonitoredService> services, CancellationToken cancellationToken)
    {
        var wanted = services.SelectMany(service => service.Alarms, (service, alarm) => (Name: alarm, service.Service)).Distinct().ToList();
        var found = new Dictionary<string, (string? State, DateTimeOffset? Since, string Reason)>(StringComparer.Ordinal);
        foreach (var names in wanted.Select(alarm => alarm.Name).Distinct(StringComparer.Ordinal).Chunk(MostNames))
        {
            var request = new DescribeAlarmsRequest { AlarmNames = [.. names], AlarmTypes = ["MetricAlarm", "CompositeAlarm"], MaxRecords = MostNames };
            do
            {
                var answer = await calls.DescribeAlarmsAsync(request, cancellationToken);
                foreach (var alarm in answer.MetricAlarms ?? [])
                {
                    found[alarm.AlarmName] = (alarm.StateValue?.Value, Time(alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp), alarm.StateReason ?? "");
                }

                foreach (var alarm in answer.CompositeAlarms ?? [])
                {
                    found[alarm.AlarmName] = (alarm.StateValue?.Value, Time(alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp), alarm.StateReason ?? "");
                }

                request.NextToken = answer.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
        }

        Readings =
        [
            .. wanted.Select(alarm => found.TryGetValue(alarm.Name, out var state)
                ? new AlarmReading(alarm.Name, alarm.Service, State(state.State), state.Since, state.Reason)
                : new AlarmReading(alarm.Name, alarm.Service, State: null, Since: null, "There is no alarm of this name in this account and Region.")),
        ];
        ForgetIfAway();
        foreach (var reading in Readings.Where(reading => reading.State is not null))
        {
            await TellAsync(reading, cancellationToken);
        }
    }

    /// <summary>When this console has not looked for some time, another one may have told the timeline meanwhile: what it says counts.</summary>
    private void ForgetIfAway()
    {
        if (_lookedAt is { } lookedAt && time.GetElapsedTime(lookedAt) > period * 2)
        {
            _told.Clear();
        }

        _lookedAt = time.GetTimestamp();
    }

    private async Task TellAsync(AlarmReading reading, CancellationToken cancellationToken)
    {
        var subject = Subjects.Alarm(reading.Name);
        var kind = reading.State switch
        {
            AlarmState.Alarm => TimelineKinds.AlarmRaised,
            AlarmState.Ok => TimelineKinds.AlarmCleared,
            _ => TimelineKinds.AlarmBlind,
        };
        var told = _told.GetValueOrDefault(subject) ?? await LastAsync(subject, cancellationToken);
        if (told != kind && (told is not null || kind == TimelineKinds.AlarmRaised))
        {
            await timeline.AppendAsync(
                new TimelineEvent { Actor = "CloudWatch", Kind = kind, Subject = subject, Reason = reading.Reason }
                    .With("service", reading.Service)
                    .With("since", reading.Since?.UtcDateTime.ToString("O")),
                cancellationToken);
        }

        _told[subject] = kind;
    }

    private async Task<string?> LastAsync(string subject, CancellationToken cancellationToken) =>
        await timeline.ReadAsync(new TimelineQuery { Subject = subject, Kind = "alarm.", NewestFirst = true, Limit = 1 }, cancellationToken)
            is [var newest] ? newest.Kind : null;

    private static DateTimeOffset? Time(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : null;

    private static AlarmState State(string? state) => state switch
    {
        "OK" => AlarmState.Ok,
        "ALARM" => AlarmState.Alarm,
        _ => AlarmState.InsufficientData,
    };
}
