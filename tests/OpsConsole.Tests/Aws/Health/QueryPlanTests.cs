using OpsConsole.Aws.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Tests.Aws.Health;

public sealed class QueryPlanTests
{
    private static readonly MetricRole[] TenRoles = [.. Enum.GetValues<MetricRole>().Where(role => role != MetricRole.Operand)];

    [Fact]
    public void A_thousand_signs_are_asked_for_in_two_calls()
    {
        var services = Enumerable.Range(0, 100).Select(index => Monitored.Service($"service-{index}", 60, TenRoles));

        var plan = QueryPlan.Make(services);

        Assert.Equal(2, plan.Length);
        Assert.Equal(1000, plan.Sum(batch => batch.Queries.Length));
        Assert.All(plan, batch => Assert.InRange(batch.Queries.Length, 1, QueryPlan.MostQueries));
    }

    [Fact]
    public void Services_of_different_periods_are_asked_for_in_different_calls()
    {
        var plan = QueryPlan.Make([Monitored.Service("slow", 60), Monitored.Service("fast", 1), Monitored.Service("slow-too", 60)]);

        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)], plan.Select(batch => batch.Period));
    }

    [Fact]
    public void Ids_are_unique_within_a_call_and_expressions_follow_them()
    {
        MonitoredService Own(string name) => Monitored.Service(name) with
        {
            Metrics =
            [
                Monitored.Metric(MetricRole.Operand, "ok"),
                Monitored.Metric(MetricRole.Operand, "all"),
                Monitored.Expression(MetricRole.ErrorRate, "rate", "100*(1-FILL(ok,0)/all)"),
            ],
        };

        var queries = Assert.Single(QueryPlan.Make([Own("one"), Own("two")])).Queries;

        Assert.Equal(6, queries.Select(query => query.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(
            queries.Where(query => query.Expression is not null),
            query => Assert.All(
                MonitoredServiceRules.References(query.Expression!),
                id => Assert.Contains(queries, other => other.Id == id && other.Service == query.Service)));
        Assert.Equal("100*(1-FILL(s0_ok,0)/s0_all)", queries.First(query => query.Expression is not null).Expression);
    }

    [Fact]
    public void A_service_is_never_split_between_calls()
    {
        var services = Enumerable.Range(0, 60).Select(index => Monitored.Service($"service-{index}", 60, TenRoles[..9]));

        var plan = QueryPlan.Make(services);

        Assert.Equal(
            60, plan.Sum(batch => batch.Queries.Select(query => query.Service.Service).Distinct(StringComparer.Ordinal).Count()));
    }
}
