using System.Globalization;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>A service that is asked for: its newest periods and how asking for it goes. Not safe for use by several threads at once.</summary>
internal sealed class WatchedService(MonitoredService definition)
{
    private readonly MetricWindow _window = new(definition);
    private bool _partial;
    private string? _refused;

    public MonitoredService Definition => definition;

    /// <summary>Whether its past was asked for.</summary>
    public bool Filled { get; set; }

    /// <summary>Takes what was answered to its queries.</summary>
    public void Take(IReadOnlyCollection<QueryAnswer> answers)
    {
        foreach (var answer in answers)
        {
            foreach (var (start, value) in answer.Points)
            {
                _window.Put(answer.Query.Metric, start, value);
            }
        }

        _partial = answers.Any(answer => answer.Partial);
        _refused = answers.FirstOrDefault(answer => answer.Problem is not null) is { } refused
            ? $"CloudWatch does not answer {refused.Query.Metric.Id}: {refused.Problem}."
            : null;
    }

    /// <summary>What is known of it now.</summary>
    /// <param name="now">The time, on the clock of CloudWatch.</param>
    /// <param name="ahead">How far the console's clock is ahead of that.</param>
    /// <param name="environment">The console's environment.</param>
    /// <param name="problem">Why the source cannot be read now, if it cannot.</param>
    public SourceReading Read(DateTimeOffset now, TimeSpan ahead, string environment, string? problem)
    {
        var newest = _window.Newest(now, settled: _partial);
        return new()
        {
            Service = definition.Service,
            Environment = definition.Environment ?? environment,
            At = newest is null ? null : newest.Start + definition.Period + ahead,
            Period = definition.Period,
            Delay = Delay,
            Signs = newest?.Signs ?? VitalSigns.None,
            Requests = newest?.Requests ?? 0,
            Errors = newest?.Errors ?? 0,
            Problem = problem ?? _refused,
            Note = Note(newest, now),
        };
    }

    /// <summary>How long a period is on its way when all is well: it settles, is asked for, and is seen at the next look.</summary>
    private TimeSpan Delay => MetricWindow.Settle(definition.Period) + TimeSpan.FromSeconds(1);

    private string? Note(PeriodFigures? newest, DateTimeOffset now) => newest switch
    {
        null => "CloudWatch has no data of it.",
        _ when now - newest.Start > (definition.Period * 2) + Delay + definition.Period / 2 => string.Create(
            CultureInfo.InvariantCulture, $"CloudWatch has no newer data of it than of the period that ended at {newest.Start + definition.Period:HH:mm:ss} UTC."),
        _ when _partial => "CloudWatch answered a part of the data; a period counts when it has settled.",
        _ => null,
    };
}
