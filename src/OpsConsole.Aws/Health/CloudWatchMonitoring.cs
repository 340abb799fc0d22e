using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>What CloudWatch is asked for, how it goes and what it costs.</summary>
internal sealed class CloudWatchMonitoring(
    CloudWatchPoll poll, CloudWatchCalls calls, MonitoredServices services, IOptions<CloudWatchOptions> options) : IMonitoring
{
    private const int PreviewPeriods = 10;

    private readonly MetricReader _reader = new(calls);

    public string Name => "CloudWatch";

    public string? Unavailable => null;

    public ImmutableArray<MonitoringPreset> Presets => CloudWatchPresets.All;

    public MonitoringStatus Status
    {
        get
        {
            var state = poll.State;
            return new()
            {
                Services = [.. services.Known.OrderBy(service => service.Service, StringComparer.Ordinal)],
                FromSettings = services.Configured,
                Alarms = poll.Alarms,
                Cost = PollPrice.Of(state.Plan, options.Value),
                AnsweredAt = state.AnsweredAt,
                Problem = state.Problem,
                AlarmProblem = state.AlarmProblem,
                ClockAhead = calls.Ahead,
            };
        }
    }

    public void Refresh() => services.Forget();

    public async ValueTask<IReadOnlyList<MetricPreview>> TryAsync(MonitoredService service, CancellationToken cancellationToken)
    {
        var end = PollClock.Floor(calls.Now, service.Period) + service.Period;
        var answers = await _reader.ReadAsync(QueryPlan.Make([service])[0], end - (service.Period * PreviewPeriods), end, cancellationToken);
        return
        [
            .. answers.Where(answer => answer.Query.Metric.Role != MetricRole.Operand).Select(answer => answer.Points is { Count: > 0 } points
                ? new MetricPreview(answer.Query.Metric.Id, points.Keys.Last(), points.Values.Last() * answer.Query.Metric.Scale, answer.Problem)
                : new MetricPreview(answer.Query.Metric.Id, null, null, answer.Problem ?? $"No data in the last {PreviewPeriods} periods.")),
        ];
    }
}
