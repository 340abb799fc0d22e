using System.Net.Http.Headers;
using Google.Protobuf;
using OpsConsole.Embedded.Otlp;
using OpsConsole.Tests.Embedded.Health;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Replicas;

/// <summary>An application that sends its metrics once a second to one address, whoever answers there.</summary>
internal sealed class Reporter : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http;
    private readonly ulong _start = OtlpWorld.Nano(TimeProvider.System.GetUtcNow());
    private readonly Task _loop;
    private ulong _good;
    private ulong _bad;

    public Reporter(Uri address, params string[] services)
    {
        _http = Replica.Client(address, ConsoleHost.ApplicationKey);
        _loop = ReportAsync(services is [] ? ["shop"] : services);
    }

    /// <summary>Of every hundred requests, how many fail from now on.</summary>
    public int ErrorRate { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _loop;
        _http.Dispose();
        _over.Dispose();
    }

    private async Task ReportAsync(string[] services)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            do
            {
                _good += (ulong)(100 - ErrorRate);
                _bad += (ulong)ErrorRate;
                using var content = new ByteArrayContent(Message(services).ToByteArray());
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
                try
                {
                    using var answer = await _http.PostAsync("/v1/metrics", content, _over.Token);
                }
                catch (HttpRequestException)
                {
                    // The console behind the address is gone; an exporter tries again with the next interval.
                }
            }
            while (await timer.WaitForNextTickAsync(_over.Token));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private ExportMetricsServiceRequest Message(string[] services)
    {
        var request = new ExportMetricsServiceRequest();
        foreach (var service in services)
        {
            var resource = new ResourceMetrics { Resource = new Resource() };
            resource.Resource.Attributes.Add(OtlpWorld.Attribute("service.name", service));
            resource.Resource.Attributes.Add(OtlpWorld.Attribute("service.instance.id", service + "-1"));
            resource.ScopeMetrics.Add(new ScopeMetrics { Metrics = { OtlpWorld.Cumulative(Point(_good, 200), Point(_bad, 500)) } });
            request.ResourceMetrics.Add(resource);
        }

        return request;
    }

    private HistogramDataPoint Point(ulong count, int status)
    {
        var point = new HistogramDataPoint
        {
            StartTimeUnixNano = _start,
            TimeUnixNano = OtlpWorld.Nano(TimeProvider.System.GetUtcNow()),
            Sum = count * 0.05,
            Count = count,
            BucketCounts = { count, 0, 0 },
            ExplicitBounds = { 0.1, 1 },
        };
        point.Attributes.Add(OtlpWorld.Attribute("http.response.status_code", $"{status}"));
        point.Attributes.Add(OtlpWorld.Attribute("http.route", "/orders"));
        return point;
    }
}
