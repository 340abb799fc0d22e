using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpsConsole.Core;
using OpsConsole.Embedded;
using OpsConsole.Embedded.Otlp;

namespace OpsConsole.AdapterTests.Health;

/// <summary>What the OpenTelemetry SDK really sends is understood.</summary>
public sealed class OpenTelemetryExporterTests
{
    [Theory]
    [InlineData(MetricReaderTemporalityPreference.Cumulative, false)]
    [InlineData(MetricReaderTemporalityPreference.Delta, false)]
    [InlineData(MetricReaderTemporalityPreference.Cumulative, true)]
    [InlineData(MetricReaderTemporalityPreference.Delta, true)]
    public async Task The_sdks_metrics_become_vital_signs(MetricReaderTemporalityPreference temporality, bool exponential)
    {
        var source = new OtlpHealthSource(Options.Create(new OtlpOptions()), new ConsoleEnvironment("test"), TimeProvider.System);
        using var meter = new Meter("test." + temporality + exponential);
        var durations = meter.CreateHistogram("http.server.request.duration", "s", advice: new InstrumentAdvice<double>
        {
            // As ASP.NET Core advises.
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        });
        meter.CreateObservableUpDownCounter("kestrel.active_connections", () => 4);
        meter.CreateObservableGauge("process.cpu.utilization", () => 0.5);
        using var receiver = new Receiver(source);
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("shop", serviceInstanceId: "one").AddAttributes(
                [new("deployment.environment.name", "staging")]))
            .AddMeter(meter.Name)
            .AddView(_ => exponential ? new Base2ExponentialBucketHistogramConfiguration() : null)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri("http://receiver.test/v1/metrics");
                exporter.HttpClientFactory = () => new HttpClient(receiver, disposeHandler: false);
                reader.TemporalityPreference = temporality;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 600_000;
            })
            .Build();
        for (var i = 0; i < 19; i++)
        {
            durations.Record(0.030, new KeyValuePair<string, object?>("http.response.status_code", 200));
        }

        durations.Record(0.900, new KeyValuePair<string, object?>("http.response.status_code", 500));
        Assert.True(provider.ForceFlush(30_000));
        provider.Dispose();

        var reading = Assert.Single(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("shop", "staging"), (reading.Service, reading.Environment));
        Assert.Equal("one", Assert.Single(reading.Instances).Instance);
        Assert.Equal((20, 1), (reading.Requests, reading.Errors));
        Assert.Equal(5, reading.Signs.ErrorRate!.Value, 6);
        Assert.Equal((0.030 * 19 + 0.9) * 1000 / 20, reading.Signs.LatencyMean!.Value, 6);
        Assert.InRange(reading.Signs.LatencyP50!.Value, 25, 50);
        Assert.InRange(reading.Signs.LatencyP99!.Value, 750, 1000);
        Assert.Equal(4, reading.Signs.ActiveConnections);
        Assert.Equal(50, reading.Signs.CpuUtilization);
        Assert.Null(reading.Note);
    }

    private sealed class Receiver(OtlpHealthSource source) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            source.Take(ExportMetricsServiceRequest.Parser.ParseFrom(await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            return new(HttpStatusCode.OK);
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var body = request.Content!.ReadAsStream(cancellationToken);
            source.Take(ExportMetricsServiceRequest.Parser.ParseFrom(body));
            return new(HttpStatusCode.OK);
        }
    }
}
