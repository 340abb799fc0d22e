using OpsConsole.Aws.Health;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Tests.Aws.Health;

public sealed class MetricWindowTests
{
    private static readonly DateTimeOffset Noon = Monitored.Noon;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly MonitoredService _shop = Monitored.Service();
    private readonly MetricWindow _window;

    public MetricWindowTests() => _window = new MetricWindow(_shop);

    [Fact]
    public void A_period_counts_when_its_time_to_settle_has_passed()
    {
        Put(Noon, requests: 600, errors: 30);

        Assert.Null(_window.Newest(Noon + (Minute * 1.9), settled: false));
        Assert.Equal(Noon, _window.Newest(Noon + (Minute * 2), settled: false)!.Start);
    }

    [Fact]
    public void A_period_counts_early_when_a_later_one_has_each_of_its_metrics()
    {
        Put(Noon, requests: 600, errors: 30);
        Put(Noon + Minute, requests: 10, errors: 1);

        var newest = _window.Newest(Noon + (Minute * 1.5), settled: false);

        Assert.Equal(Noon, newest!.Start);
        Assert.Equal(5, newest.Signs.ErrorRate);
        Assert.Equal(10, newest.Signs.Throughput);
    }

    [Fact]
    public void A_period_of_which_a_metric_may_be_on_its_way_does_not_count_early()
    {
        Put(Noon, requests: 600, errors: 30);
        Put(Noon + Minute, requests: 10);

        Assert.Null(_window.Newest(Noon + (Minute * 1.5), settled: false));
    }

    [Fact]
    public void What_was_answered_in_part_counts_only_when_it_has_settled()
    {
        Put(Noon, requests: 600, errors: 30);
        Put(Noon + Minute, requests: 10, errors: 1);

        Assert.Null(_window.Newest(Noon + (Minute * 1.5), settled: true));
        Assert.Equal(Noon, _window.Newest(Noon + (Minute * 2), settled: true)!.Start);
    }

    [Fact]
    public void Late_data_corrects_what_was_heard_before()
    {
        Put(Noon, requests: 100, errors: 0);
        Put(Noon, requests: 600, errors: 60);

        Assert.Equal(10, _window.Newest(Noon + (Minute * 3), settled: false)!.Signs.ErrorRate);
    }

    [Fact]
    public void Requests_without_a_count_of_errors_are_requests_without_errors()
    {
        Put(Noon, requests: 600);

        var newest = _window.Newest(Noon + (Minute * 2), settled: false)!;

        Assert.Equal(0, newest.Signs.ErrorRate);
        Assert.Equal(600, newest.Requests);
    }

    [Fact]
    public void No_requests_are_no_errors_and_no_evidence_of_an_error_rate()
    {
        Put(Noon, requests: 0, errors: 0);

        var newest = _window.Newest(Noon + (Minute * 2), settled: false)!;

        Assert.Null(newest.Signs.ErrorRate);
        Assert.Equal(0, newest.Signs.Throughput);
    }

    [Fact]
    public void A_service_without_a_metric_of_errors_has_no_error_rate()
    {
        var service = Monitored.Service("shop", 60, MetricRole.Requests);
        var window = new MetricWindow(service);
        window.Put(service.Metrics[0], Noon, 600);

        Assert.Null(window.Newest(Noon + (Minute * 2), settled: false)!.Signs.ErrorRate);
    }

    [Fact]
    public void Values_are_scaled_and_what_is_no_number_is_left_out()
    {
        var latency = Monitored.Metric(MetricRole.LatencyP95) with { Scale = 1000 };
        _window.Put(latency, Noon, 0.25);
        _window.Put(Monitored.Metric(MetricRole.CpuUtilization), Noon, double.NaN);

        var signs = _window.Newest(Noon + (Minute * 2), settled: false)!.Signs;

        Assert.Equal(new VitalSigns(LatencyP95: 250), signs);
    }

    private void Put(DateTimeOffset start, double? requests = null, double? errors = null)
    {
        foreach (var (role, value) in new[] { (MetricRole.Requests, requests), (MetricRole.Errors, errors) })
        {
            if (value is { } known)
            {
                _window.Put(_shop.Metrics.Single(metric => metric.Role == role), start, known);
            }
        }
    }
}
