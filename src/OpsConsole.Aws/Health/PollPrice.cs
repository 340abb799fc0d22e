using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>What asking costs: GetMetricData is billed by the metrics that are asked for, DescribeAlarms is free.</summary>
internal static class PollPrice
{
    public static PollingCost Of(ImmutableArray<QueryBatch> plan, CloudWatchOptions options)
    {
        const int MostAlarmsInACall = 100;
        var day = TimeSpan.FromDays(1);
        var alarms = plan.SelectMany(batch => batch.Queries).Select(query => query.Service).Distinct(ReferenceEqualityComparer.Instance)
            .Cast<MonitoredService>().Sum(service => service.Alarms.Length);
        var metrics = plan.Sum(batch => batch.Queries.Length);
        var asked = plan.Sum(batch => day / batch.Period * batch.Queries.Count(query => !query.Metric.IsExpression));
        var calls = plan.Sum(batch => day / batch.Period) + (Math.Ceiling(alarms / (double)MostAlarmsInACall) * (day / options.AlarmPeriod));
        return new PollingCost(metrics, Math.Ceiling(calls), asked, asked / 1000 * options.UsdPerThousandMetrics);
    }
}
