using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.Aws.Experiments;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;

namespace OpsConsole.AdapterTests.Experiments;

/// <summary>The vital signs of runs in CloudWatch, over the wire.</summary>
public sealed class RunMetricsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private ScriptedAws _aws = null!;
    private Amazon.CloudWatch.IAmazonCloudWatch _client = null!;
    private Leadership _leadership = null!;
    private RunMetrics _metrics = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await ScriptedAws.StartAsync(_time);
        _client = _aws.CreateCloudWatch(config => config.MaxErrorRetry = 0);
        _leadership = Leadership.Alone(_time);
        _metrics = new RunMetrics(
            _client, new RunFeed(), new HealthFeed(), _leadership, Options.Create(new FisOptions()), _time, NullLogger<RunMetrics>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        _leadership.Dispose();
        _client.Dispose();
        await _aws.DisposeAsync();
    }

    [Fact]
    public async Task Each_sample_of_a_run_is_written_once_with_its_units()
    {
        Take(new VitalSigns(ErrorRate: 1.5, LatencyP95: 80, Throughput: 40));
        Take(new VitalSigns(ErrorRate: 1.5, LatencyP95: 80, Throughput: 40), second: 0);
        await _metrics.FlushAsync(Cancel);
        await _metrics.FlushAsync(Cancel);

        Assert.Equal([(1.5, "Percent", true)], Published("ErrorRate"));
        Assert.Equal([(80, "Milliseconds", true)], Published("Latency"));
        Assert.Equal([(40, "Count/Second", true)], Published("Throughput"));
        Assert.Single(_aws.Calls.Of("cloudwatch:PutMetricData"));
    }

    [Fact]
    public async Task A_sign_without_evidence_is_left_out()
    {
        Take(new VitalSigns(Throughput: 0));
        await _metrics.FlushAsync(Cancel);

        Assert.Empty(Published("ErrorRate"));
        Assert.Equal([(0, "Count/Second", true)], Published("Throughput"));
    }

    [Fact]
    public async Task What_is_gathered_goes_out_in_few_packed_calls()
    {
        for (var second = 0; second < 500; second++)
        {
            Take(new VitalSigns(ErrorRate: second % 7, LatencyP95: second, Throughput: 40), second);
        }

        await _metrics.FlushAsync(Cancel);

        var calls = _aws.Calls.Of("cloudwatch:PutMetricData");
        Assert.Equal(2, calls.Count);
        Assert.All(calls, call => Assert.True(call.Gzipped));
        Assert.Equal(500, Published("Latency").Count);
    }

    [Fact]
    public async Task What_cannot_be_written_now_is_written_later()
    {
        _aws.Faults.Deny("cloudwatch:PutMetricData");
        Take(new VitalSigns(ErrorRate: 1, LatencyP95: 80, Throughput: 40));
        await _metrics.FlushAsync(Cancel);
        _aws.Faults.Clear();
        _aws.Faults.Fail("cloudwatch:PutMetricData", 503);
        await _metrics.FlushAsync(Cancel);
        Assert.Empty(Published("Latency"));

        await _metrics.FlushAsync(Cancel);
        Assert.Single(Published("Latency"));
    }

    [Fact]
    public async Task What_CloudWatch_will_never_take_does_not_stand_in_the_way()
    {
        _aws.Faults.Fail("cloudwatch:PutMetricData", 400, code: "InvalidParameterValue");
        Take(new VitalSigns(LatencyP95: 80));
        await _metrics.FlushAsync(Cancel);
        Take(new VitalSigns(LatencyP95: 90), second: 1);
        await _metrics.FlushAsync(Cancel);

        Assert.Equal([(90, "Milliseconds", true)], Published("Latency"));
    }

    [Fact]
    public async Task An_outage_of_hours_keeps_the_newest_and_no_more_than_fits()
    {
        _aws.Faults.Deny("cloudwatch:PutMetricData");
        for (var second = 0; second < 8000; second++)
        {
            Take(new VitalSigns(LatencyP95: second, Throughput: 40), second);
        }

        await _metrics.FlushAsync(Cancel);
        _aws.Faults.Clear();
        await _metrics.FlushAsync(Cancel);

        Assert.Equal(5000, Published("Latency").Count);
        Assert.Equal(7999, Published("Latency")[^1].Value);
    }

    [Theory]
    [InlineData(RunState.Starting)]
    [InlineData(RunState.Completed)]
    public async Task Only_runs_that_go_on_are_written(RunState state)
    {
        Take(new VitalSigns(LatencyP95: 80), state: state);
        await _metrics.FlushAsync(Cancel);
        Assert.Empty(_aws.Calls.Of("cloudwatch:PutMetricData"));
    }

    private List<(double Value, string Unit, bool IsHighResolution)> Published(string metric) =>
        [.. _aws.CloudWatch.Published("ChaosEngineering", metric, new Dictionary<string, string> { ["ExperimentId"] = "r1" }).Select(datum => (datum.Sum, datum.Unit, datum.IsHighResolution))];

    private void Take(VitalSigns signs, int second = 0, RunState state = RunState.Running)
    {
        var started = _time.GetUtcNow().AddHours(-3);
        var at = started.AddSeconds(second);
        var run = new Run
        {
            Id = "r1",
            Experiment = BuiltInExperiments.Find("network-latency")!,
            State = state,
            RequestedBy = "otto",
            RequestedAt = started,
            StartedAt = started,
        };
        var sample = new Sample { Service = "storefront", Environment = "test", At = at, Freshness = Freshness.Fresh, Signs = signs };
        _metrics.Take(
            RunSnapshot.Empty with { Active = [run] }, new HealthSnapshot(second + 1, at, HealthSnapshot.Empty.Services.SetItem("storefront", sample)));
    }
}
