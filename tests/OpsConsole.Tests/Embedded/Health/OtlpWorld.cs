using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Embedded;
using OpsConsole.Embedded.Otlp;

namespace OpsConsole.Tests.Embedded.Health;

/// <summary>An OTLP source on a clock of its own, and words to report to it.</summary>
internal sealed class OtlpWorld
{
    public OtlpWorld(Action<OtlpOptions>? change = null)
    {
        var options = new OtlpOptions();
        change?.Invoke(options);
        Source = new(Options.Create(options), new ConsoleEnvironment("test"), Time);
        Start = Now;
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public OtlpHealthSource Source { get; }

    /// <summary>When the reporting processes started.</summary>
    public ulong Start { get; set; }

    public ulong Now => Nano(Time.GetUtcNow());

    public static ulong Nano(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;

    public void Pass(double seconds = 1) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public (long Refused, string? Problem) Send(string service, string instance, params Metric[] metrics)
    {
        var resource = new ResourceMetrics { Resource = new Resource(), ScopeMetrics = { new ScopeMetrics { Metrics = { metrics } } } };
        resource.Resource.Attributes.Add(Attribute("service.name", service));
        resource.Resource.Attributes.Add(Attribute("service.instance.id", instance));
        return Source.Take(new ExportMetricsServiceRequest { ResourceMetrics = { resource } });
    }

    public async Task<SourceReading> ReadAsync(string service = "shop") =>
        (await Source.ReadAsync(TestContext.Current.CancellationToken)).Single(reading => reading.Service == service);

    public static KeyValue Attribute(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public HistogramDataPoint Point(ulong[] counts, double[] bounds, double sum, params (string Key, string Value)[] attributes)
    {
        var point = new HistogramDataPoint { StartTimeUnixNano = Start, TimeUnixNano = Now, Sum = sum };
        point.BucketCounts.Add(counts);
        point.ExplicitBounds.Add(bounds);
        point.Count = counts.Aggregate(0UL, (all, count) => all + count);
        point.Attributes.Add(attributes.Select(attribute => Attribute(attribute.Key, attribute.Value)));
        return point;
    }

    /// <summary>Requests of 0 to 100 ms, with a status.</summary>
    public HistogramDataPoint Requests(ulong count, int status = 200, string route = "/orders") =>
        Point([count, 0, 0], [0.1, 1], count * 0.05, ("http.response.status_code", $"{status}"), ("http.route", route));

    public static Metric Durations(AggregationTemporality temporality, params HistogramDataPoint[] points) => new()
    {
        Name = "http.server.request.duration",
        Unit = "s",
        Histogram = new Histogram { AggregationTemporality = temporality, DataPoints = { points } },
    };

    public static Metric Cumulative(params HistogramDataPoint[] points) => Durations(AggregationTemporality.Cumulative, points);

    public Metric Counter(string name, double value, params (string Key, string Value)[] attributes) => new()
    {
        Name = name,
        Sum = new Sum { AggregationTemporality = AggregationTemporality.Cumulative, IsMonotonic = true, DataPoints = { Number(value, attributes) } },
    };

    public Metric Gauge(string name, double value, params (string Key, string Value)[] attributes) =>
        new() { Name = name, Gauge = new Gauge { DataPoints = { Number(value, attributes) } } };

    private NumberDataPoint Number(double value, (string Key, string Value)[] attributes)
    {
        var point = new NumberDataPoint { StartTimeUnixNano = Start, TimeUnixNano = Now, AsDouble = value };
        point.Attributes.Add(attributes.Select(attribute => Attribute(attribute.Key, attribute.Value)));
        return point;
    }
}
