using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>One query of a call: a metric of a service under an id that is unique within the call.</summary>
/// <param name="Id">The id in the call.</param>
/// <param name="Service">The service.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Expression">Its expression over the ids of the call, if it is one.</param>
internal sealed record PlannedQuery(string Id, MonitoredService Service, MetricDefinition Metric, string? Expression);

/// <summary>What is asked for in one call.</summary>
/// <param name="Period">The period of every query in it.</param>
/// <param name="Queries">The queries.</param>
internal sealed record QueryBatch(TimeSpan Period, ImmutableArray<PlannedQuery> Queries);

/// <summary>Packs every metric of every service into as few calls as the service's limits allow.</summary>
/// <remarks>Services of one period share calls. A service is never split: its expressions refer to its other metrics, which must stand in the same call.</remarks>
internal static class QueryPlan
{
    /// <summary>How many queries GetMetricData takes in a call.</summary>
    public const int MostQueries = 500;

    public static ImmutableArray<QueryBatch> Make(IEnumerable<MonitoredService> services)
    {
        var batches = ImmutableArray.CreateBuilder<QueryBatch>();
        foreach (var group in services.GroupBy(service => service.Period).OrderBy(group => group.Key))
        {
            List<List<PlannedQuery>> calls = [];
            foreach (var service in group.OrderByDescending(service => service.Metrics.Length).ThenBy(service => service.Service, StringComparer.Ordinal))
            {
                var call = calls.Find(open => open.Count + service.Metrics.Length <= MostQueries);
                if (call is null)
                {
                    calls.Add(call = []);
                }

                Add(call, service);
            }

            batches.AddRange(calls.Select(call => new QueryBatch(group.Key, [.. call])));
        }

        return batches.ToImmutable();
    }

    private static void Add(List<PlannedQuery> call, MonitoredService service)
    {
        var prefix = $"s{call.Count}_";
        call.AddRange(service.Metrics.Select(metric => new PlannedQuery(
            prefix + metric.Id,
            service,
            metric,
            metric.Expression is null ? null : MonitoredServiceRules.Rewrite(metric.Expression, id => prefix + id))));
    }
}
