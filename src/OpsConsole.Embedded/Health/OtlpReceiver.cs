using System.Buffers;
using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OpsConsole.Embedded.Otlp;

namespace OpsConsole.Embedded;

/// <summary><c>POST /v1/metrics</c>: OTLP over HTTP, protobuf or JSON. The answer is in the encoding of the request.</summary>
internal sealed partial class OtlpReceiver(
    OtlpHealthSource source, IOptions<OtlpOptions> options, TimeProvider time, ILogger<OtlpReceiver> log) : IDisposable
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    /// <summary>Metrics, points and attributes together; a full body of points with ten attributes each has about 100,000.</summary>
    private const int MostParts = 250_000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly MessageParser<ExportMetricsServiceRequest> ProtobufReader = ExportMetricsServiceRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly JsonParser JsonReader = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly OtlpOptions _options = options.Value;
    private readonly SemaphoreSlim _requests = new(options.Value.MaxConcurrentRequests);

    /// <summary>Decoded, a body can be many times as large: only as many at once as there is work for processors.</summary>
    private readonly SemaphoreSlim _decoders = new(Environment.ProcessorCount);

    public async Task ReceiveAsync(HttpContext context)
    {
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value?.ToLowerInvariant() : null;
        var json = type == Json;
        if (!json && type != Protobuf)
        {
            await RefuseAsync(context, json: false, StatusCodes.Status415UnsupportedMediaType, $"Send {Protobuf} or {Json}.");
            return;
        }

        if (context.Request.Headers.ContentEncoding.ToString() is not ("" or "identity" or "gzip"))
        {
            await RefuseAsync(context, json, StatusCodes.Status415UnsupportedMediaType, "Send it as it is or compressed by gzip.");
            return;
        }

        // Before the body is read: what many senders hold half-sent is memory, too.
        if (!await _requests.WaitAsync(TimeSpan.Zero, context.RequestAborted))
        {
            await RefuseAsync(context, json, StatusCodes.Status429TooManyRequests, "Too many requests at once.", retry: true);
            return;
        }

        try
        {
            await ReceiveAsync(context, json);
        }
        finally
        {
            _requests.Release();
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        _decoders.Dispose();
    }

    private async Task ReceiveAsync(HttpContext context, bool json)
    {
        ReadOnlyMemory<byte>? body;
        using (var late = new CancellationTokenSource(_options.BodyWithin, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, context.RequestAborted))
        {
            try
            {
                body = await ReadAsync(context.Request, either.Token);
            }
            catch (InvalidDataException)
            {
                await RefuseAsync(context, json, StatusCodes.Status400BadRequest, "The body is not gzip.");
                return;
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
            {
                await RefuseAsync(
                    context, json, StatusCodes.Status408RequestTimeout, $"The body did not arrive within {_options.BodyWithin.TotalSeconds:0.#} s.", retry: true);
                return;
            }
        }

        if (body is not { } bytes)
        {
            await RefuseAsync(
                context, json, StatusCodes.Status413PayloadTooLarge, $"The body has more than {_options.MaxBodyBytes} bytes. Send smaller batches.", retry: true);
            return;
        }

        if ((json ? OtlpParts.CountJson(bytes.Span) : OtlpParts.CountProtobuf(bytes.Span)) > MostParts)
        {
            await RefuseAsync(
                context, json, StatusCodes.Status413PayloadTooLarge, $"The body has more than {MostParts} parts. Send smaller batches.", retry: true);
            return;
        }

        await TakeAsync(context, json, bytes);
    }

    private async Task TakeAsync(HttpContext context, bool json, ReadOnlyMemory<byte> bytes)
    {
        await _decoders.WaitAsync(context.RequestAborted);
        (long Refused, string? Problem) taken;
        try
        {
            taken = source.Take(Decode(bytes, json));
        }
        catch (Exception problem) when (problem is InvalidProtocolBufferException or IOException or DecoderFallbackException or FormatException or OverflowException)
        {
            await RefuseAsync(context, json, StatusCodes.Status400BadRequest, $"The body cannot be decoded: {problem.Message}");
            return;
        }
        finally
        {
            _decoders.Release();
        }

        var answer = new ExportMetricsServiceResponse();
        if (taken.Refused > 0)
        {
            PointsRefused(taken.Refused, taken.Problem);
            answer.PartialSuccess = new() { RejectedDataPoints = taken.Refused, ErrorMessage = taken.Problem ?? "" };
        }

        await AnswerAsync(context, json, StatusCodes.Status200OK, answer);
    }

    private static ExportMetricsServiceRequest Decode(ReadOnlyMemory<byte> bytes, bool json) => json
        ? JsonReader.Parse<ExportMetricsServiceRequest>(StrictUtf8.GetString(bytes.Span))
        : ProtobufReader.ParseFrom(bytes.Span);

    /// <summary>The body, unpacked; <see langword="null"/> if it is too large, which is found out without reading it all.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > _options.MaxBodyBytes)
        {
            return null;
        }

        await using var unpacked = request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(new LimitedStream(request.Body, _options.MaxBodyBytes), CompressionMode.Decompress)
            : (Stream)new LimitedStream(request.Body, _options.MaxBodyBytes);
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        try
        {
            while (await unpacked.ReadAsync(buffer.GetMemory(16 * 1024), cancellationToken) is > 0 and var read)
            {
                buffer.Advance(read);
                if (buffer.WrittenCount > _options.MaxBodyBytes)
                {
                    return null;
                }
            }
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return buffer.WrittenMemory;
    }

    private static Task RefuseAsync(HttpContext context, bool json, int status, string message, bool retry = false)
    {
        if (retry)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        const int InvalidArgument = 3;
        const int ResourceExhausted = 8;
        return AnswerAsync(context, json, status, new Status { Code = retry ? ResourceExhausted : InvalidArgument, Message = message });
    }

    private static async Task AnswerAsync(HttpContext context, bool json, int status, IMessage message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = json ? Json : Protobuf;
        var bytes = json ? Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(message)) : message.ToByteArray();
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Debug, "{Count} points were refused: {Problem}")]
    private partial void PointsRefused(long count, string? problem);

    /// <summary>Ends in an exception when more is read from it than allowed.</summary>
    private sealed class LimitedStream(Stream inner, int limit) : Stream
    {
        private int _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _read += read;
            return _read > limit ? throw new BadHttpRequestException("The body is too large.", StatusCodes.Status413PayloadTooLarge) : read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
