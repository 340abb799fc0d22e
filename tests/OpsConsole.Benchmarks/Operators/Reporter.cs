using System.Net.Http.Json;

namespace OpsConsole.Benchmarks.Operators;

/// <summary>An application that exports its metrics once a second, as OTLP in JSON.</summary>
internal sealed class Reporter : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _reporting;
    private readonly string _start = Nano();

    public Reporter(HttpClient console, string service) => _reporting = ReportAsync(console, service);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private static string Nano() => $"{(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks}00";

    private async Task ReportAsync(HttpClient console, string service)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var count = 100; await timer.WaitForNextTickAsync(_over.Token); count += 100)
        {
            using var answer = await console.PostAsJsonAsync("/v1/metrics", Message(service, count), _over.Token);
            answer.EnsureSuccessStatusCode();
        }
    }

    private object Message(string service, int count) => new
    {
        resourceMetrics = new[]
        {
            new
            {
                resource = new { attributes = new[] { Attribute("service.name", service), Attribute("service.instance.id", service + "-1") } },
                scopeMetrics = new[] { new { metrics = new[] { Durations(count) } } },
            },
        },
    };

    private object Durations(int count) => new
    {
        name = "http.server.request.duration",
        unit = "s",
        histogram = new
        {
            aggregationTemporality = 2,
            dataPoints = new[]
            {
                new
                {
                    startTimeUnixNano = _start,
                    timeUnixNano = Nano(),
                    sum = count * 0.05,
                    count = $"{count}",
                    bucketCounts = new[] { $"{count}", "0", "0" },
                    explicitBounds = new[] { 0.1, 1 },
                    attributes = new[] { Attribute("http.response.status_code", "200") },
                },
            },
        },
    };

    private static object Attribute(string key, string value) => new { key, value = new { stringValue = value } };
}
