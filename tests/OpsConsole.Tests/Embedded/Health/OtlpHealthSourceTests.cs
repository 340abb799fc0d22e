using OpsConsole.Embedded.Otlp;
using static OpsConsole.Tests.Embedded.Health.OtlpWorld;

namespace OpsConsole.Tests.Embedded.Health;

public sealed class OtlpHealthSourceTests
{
    private readonly OtlpWorld _world = new();

    [Fact]
    public async Task Cumulative_counts_become_the_rate_of_the_newest_two_seconds()
    {
        foreach (var total in new ulong[] { 10, 50, 60, 80 })
        {
            _world.Pass();
            _world.Send("shop", "a", Cumulative(_world.Requests(total)));
        }

        var reading = await _world.ReadAsync();
        Assert.Equal(15, reading.Signs.Throughput!.Value, 6);
        Assert.Equal(30, reading.Requests);
        Assert.Equal(0, reading.Signs.ErrorRate);
        Assert.Equal(50, reading.Signs.LatencyMean!.Value, 6);
        Assert.Equal(50, reading.Signs.LatencyP50!.Value, 6);
    }

    [Fact]
    public async Task Delta_counts_are_taken_as_they_are()
    {
        foreach (var count in new ulong[] { 7, 3, 5 })
        {
            _world.Pass();
            var point = _world.Requests(count);
            point.StartTimeUnixNano = Nano(_world.Time.GetUtcNow().AddSeconds(-1));
            _world.Send("shop", "a", Durations(AggregationTemporality.Delta, point));
        }

        Assert.Equal(8, (await _world.ReadAsync()).Requests);
    }

    [Fact]
    public async Task What_a_process_counted_before_the_console_knew_it_is_no_evidence()
    {
        _world.Pass(3600);
        _world.Send("shop", "a", Cumulative(_world.Requests(1_000_000, status: 500)));
        Assert.Null((await _world.ReadAsync()).Signs.ErrorRate);

        _world.Pass();
        _world.Send("shop", "a", Cumulative(_world.Requests(1_000_000, status: 500), _world.Requests(10)));
        var reading = await _world.ReadAsync();
        Assert.Equal(10, reading.Requests);
        Assert.Equal(0, reading.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_restarted_counter_starts_again_from_nothing(bool newStart)
    {
        _world.Pass();
        _world.Send("shop", "a", Cumulative(_world.Requests(500)));
        _world.Pass(2);
        if (newStart)
        {
            _world.Start = Nano(_world.Time.GetUtcNow().AddSeconds(-0.5));
        }

        _world.Send("shop", "a", Cumulative(_world.Requests(8)));
        var reading = await _world.ReadAsync();
        Assert.Equal(8, reading.Requests);
        Assert.Equal(4, reading.Signs.Throughput!.Value, 6);
    }

    [Fact]
    public async Task A_repeated_request_counts_once()
    {
        _world.Pass();
        var metric = Cumulative(_world.Requests(10));
        _world.Send("shop", "a", metric);
        _world.Send("shop", "a", metric);
        Assert.Equal(10, (await _world.ReadAsync()).Requests);
    }

    [Fact]
    public async Task A_fresh_source_without_traffic_has_no_errors_and_no_latency()
    {
        for (var i = 0; i < 3; i++)
        {
            _world.Pass();
            _world.Send("shop", "a", _world.Gauge("process.cpu.utilization", 0.25));
        }

        var signs = (await _world.ReadAsync()).Signs;
        Assert.Equal(0, signs.Throughput);
        Assert.Equal(0, signs.ErrorRate);
        Assert.Null(signs.LatencyP95);
        Assert.Null(signs.LatencyMean);
        Assert.Null(signs.ActiveConnections);
        Assert.Equal(25, signs.CpuUtilization);
    }

    [Fact]
    public async Task A_request_failed_if_its_status_says_so_or_an_error_is_named()
    {
        _world.Pass();
        _world.Send("shop", "a", Cumulative(
            _world.Requests(5),
            _world.Requests(2, 503),
            _world.Requests(1, 404),
            _world.Point([2, 0, 0], [0.1, 1], 0.1, ("error.type", "System.TimeoutException"))));
        var reading = await _world.ReadAsync();
        Assert.Equal(4, reading.Errors);
        Assert.Equal(40, reading.Signs.ErrorRate);
    }

    [Fact]
    public async Task Health_checks_do_not_count_as_requests()
    {
        _world.Pass();
        _world.Send("shop", "a", Cumulative(_world.Requests(5), _world.Requests(95, route: "/healthz/live")));
        Assert.Equal(5, (await _world.ReadAsync()).Requests);
    }

    [Fact]
    public async Task Instances_add_up_and_one_that_fell_silent_no_longer_counts()
    {
        for (ulong i = 1; i <= 2; i++)
        {
            _world.Pass();
            _world.Send("shop", "a", Cumulative(_world.Requests(10 * i)), _world.Gauge("kestrel.active_connections", 3), _world.Gauge("process.cpu.utilization", 0.2));
            _world.Send("shop", "b", Cumulative(_world.Requests(30 * i)), _world.Gauge("kestrel.active_connections", 4), _world.Gauge("process.cpu.utilization", 0.4));
        }

        var both = await _world.ReadAsync();
        Assert.Equal(40, both.Signs.Throughput!.Value, 6);
        Assert.Equal(7, both.Signs.ActiveConnections);
        Assert.Equal(30, both.Signs.CpuUtilization!.Value, 6);

        for (ulong i = 3; i <= 5; i++)
        {
            _world.Pass();
            _world.Send("shop", "a", Cumulative(_world.Requests(10 * i)));
        }

        var one = await _world.ReadAsync();
        Assert.Equal(10, one.Signs.Throughput!.Value, 6);
        Assert.Equal(["a", "b"], one.Instances.Select(instance => instance.Instance));
        _world.Pass(61);
        _world.Send("shop", "a", Cumulative(_world.Requests(60)));
        Assert.Equal("a", Assert.Single((await _world.ReadAsync()).Instances).Instance);
    }

    [Fact]
    public async Task Processor_time_is_shared_out_over_the_processors()
    {
        foreach (var used in new[] { 10.0, 11.0 })
        {
            _world.Pass();
            _world.Send("shop", "a",
                _world.Counter("dotnet.process.cpu.time", used, ("cpu.mode", "user")),
                _world.Counter("dotnet.process.cpu.time", used / 2, ("cpu.mode", "system")),
                _world.Gauge("dotnet.process.cpu.count", 4));
        }

        Assert.Equal(37.5, (await _world.ReadAsync()).Signs.CpuUtilization!.Value, 6);
    }

    [Fact]
    public async Task The_source_reports_how_often_it_is_heard_of()
    {
        for (ulong i = 1; i <= 4; i++)
        {
            _world.Pass(10);
            _world.Send("shop", "a", Cumulative(_world.Requests(100 * i)));
        }

        var reading = await _world.ReadAsync();
        Assert.Equal(TimeSpan.FromSeconds(10), reading.Period);
        Assert.Equal(10, reading.Signs.Throughput!.Value, 6);
    }

    [Fact]
    public async Task A_silent_service_stays_listed_for_ten_minutes()
    {
        _world.Pass();
        _world.Send("shop", "a", Cumulative(_world.Requests(1)));
        var heard = _world.Time.GetUtcNow();
        _world.Pass(599);
        Assert.Equal(heard, (await _world.ReadAsync()).At);
        _world.Pass(2);
        Assert.Empty(await _world.Source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Age_is_told_by_the_consoles_clock_and_not_by_the_senders()
    {
        _world.Pass();
        var point = _world.Requests(1);
        point.TimeUnixNano -= 60_000_000_000;
        point.StartTimeUnixNano = point.TimeUnixNano;
        _world.Send("shop", "a", Cumulative(point));
        Assert.Equal(_world.Time.GetUtcNow(), (await _world.ReadAsync()).At);
    }
}
