using System.Net.Http.Json;

namespace OpsConsole.AdapterTests.Hosting;

/// <summary>An application that does well: every second it tells the console of a hundred requests, none of which failed unless a test says so.</summary>
internal sealed class SteadyShop : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _console;
    private readonly string _service;
    private readonly string _start = Nano();
    private readonly Task _loop;
    private long _good;
    private long _bad;

    public SteadyShop(HttpClient console, string service)
    {
        (_console, _service) = (console, service);
        _loop = ReportAsync();
    }

    /// <summary>How many of a hundred requests fail from now on.</summary>
    public int ErrorRate { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private static string Nano() => $"{(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks}00";

    private static object Attribute(string key, string value) => new { key, value = new { stringValue = value } };

    private async Task ReportAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        do
        {
            _good += 100 - ErrorRate;
            _bad += ErrorRate;
            try
            {
                using var answer = await _console.PostAsJsonAsync("/v1/metrics", Message(), _over.Token);
            }
            catch (HttpRequestException)
            {
                // The console is gone; an exporter tries again with the next interval.
            }
        }
        while (await timer.WaitForNextTickAsync(_over.Token));
    }

    private object Message() => new
    {
        resourceMetrics = new[]
        {
            new
            {
                resource = new { attributes = new[] { Attribute("service.name", _service), Attribute("service.instance.id", _service + "-1") } },
                scopeMetrics = new[] { new { metrics = new[] { Durations() } } },
            },
        },
    };

    private object Durations() => new
    {
        name = "http.server.request.duration",
        unit = "s",
        histogram = new { aggregationTemporality = 2, dataPoints = new[] { Point(_good, "200"), Point(_bad, "500") } },
    };

    private object Point(long count, string status) => new
    {
        startTimeUnixNano = _start,
        timeUnixNano = Nano(),
        sum = count * 0.05,
        count = $"{count}",
        bucketCounts = new[] { $"{count}", "0", "0" },
        explicitBounds = new[] { 0.1, 1 },
        attributes = new[] { Attribute("http.response.status_code", status), Attribute("http.route", "/orders") },
    };
}
