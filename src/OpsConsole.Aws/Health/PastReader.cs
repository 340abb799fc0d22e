using System.Collections.Immutable;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>Fills the history of a service with what CloudWatch kept before this console asked for it.</summary>
internal sealed class PastReader(CloudWatchCalls calls, MetricReader reader, IHealthHistory history, TimeSpan window)
{
    /// <summary>High-resolution data is kept for three hours.</summary>
    private static readonly TimeSpan HighResolutionKept = TimeSpan.FromHours(3);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Asks for the past of services of one period and keeps it.</summary>
    /// <exception cref="MonitoringException">CloudWatch cannot be asked now.</exception>
    public async Task FillAsync(IReadOnlyCollection<MonitoredService> services, CancellationToken cancellationToken)
    {
        var now = calls.Now;
        foreach (var batch in QueryPlan.Make(services))
        {
            var newest = PollClock.Floor(now - MetricWindow.Settle(batch.Period), batch.Period);
            var reach = batch.Period < Minute && window > HighResolutionKept ? HighResolutionKept : window;
            // Never more than the points of one answer at a time: older stretches follow.
            var stretch = batch.Period * Math.Max(1, MetricReader.MostPoints / batch.Queries.Length);
            for (var end = newest; end > newest - reach; end -= stretch)
            {
                var start = end - stretch < newest - reach ? newest - reach : end - stretch;
                Keep(await reader.ReadAsync(batch, PollClock.Floor(start, batch.Period), end, cancellationToken));
            }
        }
    }

    private void Keep(ImmutableArray<QueryAnswer> answers)
    {
        foreach (var service in answers.GroupBy(answer => answer.Query.Service))
        {
            var periods = new SortedDictionary<DateTimeOffset, Dictionary<MetricRole, double>>();
            foreach (var answer in service.Where(answer => answer.Query.Metric.Role != MetricRole.Operand))
            {
                foreach (var (start, value) in answer.Points)
                {
                    (periods.TryGetValue(start, out var values) ? values : periods[start] = [])[answer.Query.Metric.Role] = value * answer.Query.Metric.Scale;
                }
            }

            history.Fill(
                service.Key.Service,
                service.Key.Period,
                [.. periods.Select(period => new PastSigns(period.Key + service.Key.Period + calls.Ahead, MetricWindow.Figures(service.Key, period.Key, period.Value).Signs))]);
        }
    }
}
