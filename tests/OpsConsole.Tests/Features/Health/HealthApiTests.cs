using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using OpsConsole.Embedded.Otlp;
using OpsConsole.Tests.Embedded.Health;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Health;

public sealed class HealthApiTests(HealthApiTests.Running running) : IClassFixture<HealthApiTests.Running>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_that_were_sent_are_seen_in_the_answer_and_in_the_history()
    {
        using var application = running.Console.Client(ConsoleHost.ApplicationKey);
        using var viewer = running.Console.Client(ConsoleHost.ViewerKey);
        for (ulong i = 1; i <= 2; i++)
        {
            using var answer = await application.PostAsync("/v1/metrics", Protobuf(Request("seen", 10 * i), gzip: i == 2), Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType?.MediaType);
        }

        JsonElement service;
        do
        {
            using var health = JsonDocument.Parse(await viewer.GetStringAsync("/api/v1/health", Token));
            service = health.RootElement.GetProperty("services").EnumerateArray()
                .Where(found => found.GetProperty("service").GetString() == "seen")
                .Select(found => found.Clone())
                .FirstOrDefault();
        }
        while (service.ValueKind == JsonValueKind.Undefined);

        Assert.Equal("Fresh", service.GetProperty("freshness").GetString());
        Assert.Equal(0, service.GetProperty("errorRate").GetDouble());
        Assert.Equal(JsonValueKind.Null, service.GetProperty("cpuUtilization").ValueKind);
        Assert.Equal("one", service.GetProperty("instances")[0].GetProperty("instance").GetString());

        using var history = JsonDocument.Parse(await viewer.GetStringAsync("/api/v1/health/seen/history?points=10", Token));
        Assert.Equal("seen", history.RootElement.GetProperty("service").GetString());
    }

    [Fact]
    public async Task Json_is_answered_in_json_with_what_was_refused()
    {
        var request = Request("json", 5);
        request.ResourceMetrics[0].ScopeMetrics[0].Metrics[0].Histogram.DataPoints[0].TimeUnixNano = 1;
        request.ResourceMetrics[0].ScopeMetrics[0].Metrics[0].Histogram.DataPoints[0].StartTimeUnixNano = 1;
        var json = JsonFormatter.Default.Format(request).Insert(1, "\"unknownMember\":{\"a\":[1]},");
        using var answer = await PostAsync(new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("1", body.RootElement.GetProperty("partialSuccess").GetProperty("rejectedDataPoints").GetString());
    }

    [Fact]
    public async Task What_cannot_be_decoded_is_400()
    {
        using var protobuf = await PostAsync(Content([0xff, 0xff, 0xff], "application/x-protobuf"));
        Assert.Equal(HttpStatusCode.BadRequest, protobuf.StatusCode);
        Assert.Contains("decoded", Status.Parser.ParseFrom(await protobuf.Content.ReadAsByteArrayAsync(Token)).Message, StringComparison.Ordinal);
        foreach (var json in new[] { "{", "[]", "{\"resourceMetrics\":1}", "" })
        {
            using var answer = await PostAsync(new StringContent(json, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        using var gzip = await PostAsync(Content([1, 2, 3], "application/x-protobuf", "gzip"));
        Assert.Equal(HttpStatusCode.BadRequest, gzip.StatusCode);
    }

    [Fact]
    public async Task What_is_too_large_is_413_packed_or_not()
    {
        using var large = await PostAsync(Content(new byte[5 * 1024 * 1024], "application/x-protobuf"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.NotNull(large.Headers.RetryAfter);
        using var bomb = await PostAsync(Content(Gzip(new byte[200 * 1024 * 1024]), "application/x-protobuf", "gzip"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bomb.StatusCode);
    }

    [Fact]
    public async Task Another_type_or_packing_is_415()
    {
        using var type = await PostAsync(Content([], "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, type.StatusCode);
        using var packing = await PostAsync(Content([], "application/x-protobuf", "br"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, packing.StatusCode);
    }

    [Fact]
    public async Task A_viewer_may_not_report()
    {
        using var viewer = running.Console.Client(ConsoleHost.ViewerKey);
        using var answer = await viewer.PostAsync("/v1/metrics", Protobuf(Request("never", 1), gzip: false), Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/health/nobody/history", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/health/nobody/history?points=0", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/health/nobody/history?points=many", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/health/nobody/history?from=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/health/nobody/history?from=2000&to=1000", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/health/nobody/history?from=0&to=1e300", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/health/nobody/history?from=2026-03-01T00:00:00Z&to=2026-05-01T00:00:00Z", HttpStatusCode.BadRequest)]
    public async Task A_wrong_question_about_history_is_answered_with_a_problem(string address, HttpStatusCode expected)
    {
        using var viewer = running.Console.Client(ConsoleHost.ViewerKey);
        using var answer = await viewer.GetAsync(address, Token);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Probes_answer_anybody()
    {
        using var anybody = running.Console.Client(apiKey: null);
        Assert.Contains("alive", await anybody.GetStringAsync("/healthz/live", Token), StringComparison.Ordinal);
        using var ready = await anybody.GetAsync("/healthz/ready", Token);
        Assert.Contains("\"monitor\"", await ready.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(HttpContent content)
    {
        using var application = running.Console.Client(ConsoleHost.ApplicationKey);
        return await application.PostAsync("/v1/metrics", content, Token);
    }

    private static ExportMetricsServiceRequest Request(string service, ulong count)
    {
        var now = OtlpWorld.Nano(TimeProvider.System.GetUtcNow());
        var point = new HistogramDataPoint
        {
            StartTimeUnixNano = now - 1_000_000_000,
            TimeUnixNano = now,
            Count = count,
            Sum = 1,
            BucketCounts = { count, 0 },
            ExplicitBounds = { 1 },
        };
        return new()
        {
            ResourceMetrics =
            {
                new ResourceMetrics
                {
                    Resource = new() { Attributes = { OtlpWorld.Attribute("service.name", service), OtlpWorld.Attribute("service.instance.id", "one") } },
                    ScopeMetrics = { new ScopeMetrics { Metrics = { OtlpWorld.Cumulative(point) } } },
                },
            },
        };
    }

    private static ByteArrayContent Protobuf(ExportMetricsServiceRequest request, bool gzip) => gzip
        ? Content(Gzip(request.ToByteArray()), "application/x-protobuf", "gzip")
        : Content(request.ToByteArray(), "application/x-protobuf");

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static ByteArrayContent Content(byte[] bytes, string type, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return content;
    }

    public sealed class Running : IDisposable
    {
        internal ConsoleHost Console { get; } = new();

        public void Dispose() => Console.Dispose();
    }
}
