using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsConsole.Embedded;
using OpsConsole.Embedded.Otlp;
using OpsConsole.Tests.Hosting;
using static OpsConsole.Tests.Embedded.Health.OtlpWorld;

namespace OpsConsole.Tests.Embedded.Health;

/// <summary>What the receiver does with bodies that would take its memory, its time or its connections.</summary>
public sealed class OtlpReceiverTests : IDisposable
{
    private const int MiB = 1024 * 1024;

    private readonly OtlpWorld _world = new();
    private readonly OtlpReceiver _receiver;

    public OtlpReceiverTests()
    {
        _receiver = new(_world.Source, Options.Create(new OtlpOptions()), _world.Time, NullLogger<OtlpReceiver>.Instance);
        _world.Pass();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public async Task More_requests_at_once_than_allowed_are_told_to_come_again_and_the_others_go_on()
    {
        using var console = new ConsoleHost(settings: ("OpsConsole:Otlp:MaxConcurrentRequests", "2"));
        using var application = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = console.Address };
        application.DefaultRequestHeaders.Add("X-API-Key", ConsoleHost.ApplicationKey);
        using var viewer = console.Client(ConsoleHost.ViewerKey);
        var body = Request(Cumulative(new OtlpWorld().Requests(1))).ToByteArray();
        using HeldBody first = new(body), second = new(body);
        var held = new[] { first, second }.Select(content => SendAsync(content)).ToArray();
        await Task.WhenAll(first.Wanted, second.Wanted).WaitAsync(Cancel);

        using var refused = await SendAsync(new ByteArrayContent(body));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("Too many requests at once.", Status.Parser.ParseFrom(await refused.Content.ReadAsByteArrayAsync(Cancel)).Message);
        using var health = await viewer.GetAsync(new Uri("/api/v1/health", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        first.Send();
        second.Send();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        using var again = await SendAsync(new ByteArrayContent(body));
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);

        async Task<HttpResponseMessage> SendAsync(HttpContent content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/metrics") { Content = content };

            // The server asks for the body when it begins to read it, and so holds a place.
            request.Headers.ExpectContinue = content is HeldBody;
            return await application.SendAsync(request, Cancel);
        }
    }

    [Fact]
    public async Task A_body_that_does_not_arrive_in_time_gives_its_place_back()
    {
        var never = new NeverStream();
        var context = Context(never);
        var receiving = _receiver.ReceiveAsync(context);
        await never.Asked.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        _world.Time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(receiving.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(0.1));
        await receiving.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(StatusCodes.Status408RequestTimeout, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_bomb_is_found_out_after_a_few_of_its_bytes()
    {
        // 16 MiB of zeros in each member; together it is 3.8 GiB from a body that is within its limit.
        var member = Gzip(new byte[16 * MiB]);
        using var bomb = new MemoryStream();
        while (bomb.Length + member.Length < 4 * MiB)
        {
            bomb.Write(member);
        }

        bomb.Position = 0;
        var context = Context(bomb, gzip: true);
        await _receiver.ReceiveAsync(context);

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, context.Response.StatusCode);
        Assert.InRange(bomb.Position, 1, 16 * 1024);
    }

    [Theory]
    [InlineData("resources")]
    [InlineData("metrics")]
    [InlineData("points")]
    [InlineData("points behind a group")]
    [InlineData("attributes")]
    [InlineData("json")]
    public void A_body_of_millions_of_empty_parts_is_not_decoded(string of)
    {
        var context = Context(new MemoryStream(Empty(of)), of == "json");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(_receiver.ReceiveAsync(context).IsCompletedSuccessfully, "It went on to another thread, whose memory was not looked at.");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(StatusCodes.Status413PayloadTooLarge, context.Response.StatusCode);
        Assert.InRange(allocated, 0, 24 * MiB);
    }

    [Fact]
    public async Task A_full_body_of_points_is_taken()
    {
        HistogramDataPoint[] points = [.. Enumerable.Range(0, 18_000).Select(i => _world.Requests(1, route: $"/a/route/that/is/as/long/as/they/are/{i}"))];
        var body = Request(Cumulative(points)).ToByteArray();
        Assert.InRange(body.Length, 3 * MiB, 4 * MiB);
        var context = Context(new MemoryStream(body));
        await _receiver.ReceiveAsync(context);

        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
        Assert.Equal(5_000, (await _world.ReadAsync()).Requests);
    }

    private static ExportMetricsServiceRequest Request(params Metric[] metrics) => new()
    {
        ResourceMetrics =
        {
            new ResourceMetrics
            {
                Resource = new() { Attributes = { Attribute("service.name", "shop"), Attribute("service.instance.id", "a") } },
                ScopeMetrics = { new ScopeMetrics { Metrics = { metrics } } },
            },
        },
    };

    /// <summary>Four million bytes of parts that take two or three bytes each.</summary>
    private static byte[] Empty(string of)
    {
        const int Bytes = 4_000_000;
        static byte[] Repeat(params byte[] part) => [.. Enumerable.Repeat(part, Bytes / part.Length).SelectMany(bytes => bytes)];
        static byte[] Within(int field, byte[] message)
        {
            using var output = new MemoryStream();
            using (var coded = new CodedOutputStream(output, leaveOpen: true))
            {
                coded.WriteTag(field, WireFormat.WireType.LengthDelimited);
                coded.WriteBytes(ByteString.CopyFrom(message));
            }

            return output.ToArray();
        }

        return of switch
        {
            "resources" => Repeat(0x0a, 0),
            "metrics" => Within(1, Within(2, Repeat(0x12, 0))),
            "points" => Within(1, Within(2, Within(2, Within(9, Repeat(0x0a, 0))))),
            "points behind a group" => [0x7b, 0x7c, .. Within(1, Within(2, Within(2, Within(9, Repeat(0x0a, 0)))))],
            "attributes" => Within(1, Within(1, Repeat(0x0a, 0))),
            "json" => [.. Encoding.UTF8.GetBytes("{\"resourceMetrics\":["), .. Repeat((byte)'{', (byte)'}', (byte)','), .. "{}]}"u8],
            _ => throw new ArgumentOutOfRangeException(nameof(of)),
        };
    }

    private static DefaultHttpContext Context(Stream body, bool json = false, bool gzip = false)
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = json ? "application/json" : "application/x-protobuf";
        context.Request.Body = body;
        context.Response.Body = new MemoryStream();
        if (gzip)
        {
            context.Request.Headers.ContentEncoding = "gzip";
        }

        return context;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A body that says when the server wants it, and comes when the test says so.</summary>
    private sealed class HeldBody(byte[] body) : HttpContent
    {
        private readonly TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Wanted => _wanted.Task;

        public void Send() => _sent.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _wanted.TrySetResult();
            await _sent.Task.WaitAsync(Cancel);
            await stream.WriteAsync(body, Cancel);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }

    /// <summary>Says when it is asked, and has nothing to give.</summary>
    private sealed class NeverStream : MemoryStream
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
