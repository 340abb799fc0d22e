using OpsConsole.Aws.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Tests.Aws.Health;

public sealed class MonitoredServiceRulesTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "service", "name with blanks" },
        { "period", "7" },
        { "period", "90" },
        { "metrics[0].id", "Upper" },
        { "metrics[0].statistic", "Median" },
        { "metrics[0].scale", "0" },
        { "metrics[0].expression", "100*missing" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_could_not_be_asked_for_is_refused_at_its_member(string member, string value)
    {
        var service = Monitored.Service();
        var metric = service.Metrics[0];
        service = member switch
        {
            "service" => service with { Service = value },
            "period" => service with { Period = TimeSpan.FromSeconds(int.Parse(value)) },
            "metrics[0].id" => service with { Metrics = [metric with { Id = value }] },
            "metrics[0].statistic" => service with { Metrics = [metric with { Statistic = value }] },
            "metrics[0].scale" => service with { Metrics = [metric with { Scale = double.Parse(value) }] },
            _ => service with { Metrics = [Monitored.Expression(MetricRole.ErrorRate, "rate", value)] },
        };

        Assert.Equal([member], MonitoredServiceRules.Validate(service).Keys);
    }

    [Fact]
    public void Every_preset_with_its_examples_makes_a_service_that_can_be_asked_for()
    {
        Assert.All(CloudWatchPresets.All, preset =>
        {
            var metrics = preset.Metrics(preset.Fields.ToDictionary(field => field.Key, field => field.Example, StringComparer.Ordinal));

            Assert.Empty(MonitoredServiceRules.Validate(Monitored.Service() with { Metrics = metrics, Preset = preset.Key }));
            Assert.All(metrics, metric => Assert.NotEmpty(metric.Dimensions));
        });
    }

    [Fact]
    public void An_expression_is_rewritten_outside_of_quotes_and_functions_only() => Assert.Equal(
        "SEARCH('{AWS/Lambda} errors', 'Sum') + x_errors*IF(x_m1>0,1,0)",
        MonitoredServiceRules.Rewrite("SEARCH('{AWS/Lambda} errors', 'Sum') + errors*IF(m1>0,1,0)", id => "x_" + id));
}
