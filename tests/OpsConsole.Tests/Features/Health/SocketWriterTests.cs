using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

public sealed class SocketWriterTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();
    private readonly Format _format = new();
    private readonly Pipe _toViewer = new(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 1));
    private readonly Pipe _transport = new();
    private readonly Handshake _handshake;
    private WebSocket _viewer = null!;
    private SocketWriter _writer = null!;

    public SocketWriterTests() => _handshake = new(WebSocket.CreateFromStream(
        new Ends(new Pipe().Reader, _toViewer.Writer), new WebSocketCreationOptions { IsServer = true }));

    public async ValueTask InitializeAsync()
    {
        var accepted = new AcceptedSocket(_handshake);
        await accepted.AcceptAsync(new WebSocketAcceptContext());
        _writer = new SocketWriter(accepted, _format, _transport.Writer, Limit, _time);
        _viewer = WebSocket.CreateFromStream(new Ends(_toViewer.Reader, new Pipe().Writer), new WebSocketCreationOptions());
    }

    public ValueTask DisposeAsync()
    {
        _viewer.Dispose();
        _handshake.Socket.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_written_at_once_is_one_message()
    {
        Assert.False((await _writer.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken)).IsCompleted);
        Assert.Equal((WebSocketMessageType.Text, "hello"), await ReceiveAsync());
    }

    [Fact]
    public async Task What_is_written_piece_by_piece_is_one_message_at_the_flush()
    {
        _format.ActiveFormat = TransferFormat.Binary;
        var text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i},"));
        foreach (var piece in text.Chunk(700))
        {
            _writer.Write(Encoding.UTF8.GetBytes(piece));
        }

        var flushed = _writer.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketMessageType.Binary, text), await ReceiveAsync());
        Assert.False((await flushed).IsCompleted);
    }

    [Fact]
    public async Task What_is_written_at_once_follows_the_pieces_before_it()
    {
        _writer.Write("pieces, "u8);
        await _writer.WriteAsync("whole"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketMessageType.Text, "pieces, whole"), await ReceiveAsync());
    }

    [Fact]
    public async Task A_viewer_who_does_not_take_a_message_for_too_long_is_dropped()
    {
        var stuck = _writer.WriteAsync(new byte[1000], TestContext.Current.CancellationToken).AsTask();
        _time.Advance(Limit);
        _writer.GiveUpWhenStuck();
        Assert.False(stuck.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        _writer.GiveUpWhenStuck();
        Assert.Equal(WebSocketState.Aborted, _handshake.Socket.State);
    }

    [Fact]
    public async Task Time_spent_waiting_counts_for_each_message_anew()
    {
        for (var message = 0; message < 3; message++)
        {
            var written = _writer.WriteAsync(new byte[1000], TestContext.Current.CancellationToken);
            _time.Advance(Limit);
            _writer.GiveUpWhenStuck();
            await ReceiveAsync();
            Assert.False((await written).IsCompleted);
        }

        _time.Advance(Limit * 2);
        _writer.GiveUpWhenStuck();
        Assert.Equal(WebSocketState.Open, _handshake.Socket.State);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_a_viewer_who_does_not_read()
    {
        var stuck = _writer.WriteAsync(new byte[1000], TestContext.Current.CancellationToken).AsTask();
        Assert.False(stuck.IsCompleted);
        await _writer.CompleteAsync();
        Assert.Equal(WebSocketState.Aborted, _handshake.Socket.State);
        Assert.True((await _transport.Reader.ReadAsync(TestContext.Current.CancellationToken)).IsCompleted);
    }

    [Fact]
    public async Task Nobody_reads_from_a_socket_that_is_gone()
    {
        _handshake.Socket.Abort();
        Assert.True((await _writer.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken)).IsCompleted);
    }

    private async Task<(WebSocketMessageType Type, string Text)> ReceiveAsync()
    {
        var bytes = new ArrayBufferWriter<byte>();
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _viewer.ReceiveAsync(bytes.GetMemory(256), TestContext.Current.CancellationToken);
            bytes.Advance(received.Count);
        }
        while (!received.EndOfMessage);
        return (received.MessageType, Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private sealed class Format : ITransferFormatFeature
    {
        public TransferFormat SupportedFormats => TransferFormat.Binary | TransferFormat.Text;

        public TransferFormat ActiveFormat { get; set; } = TransferFormat.Text;
    }

    private sealed class Handshake(WebSocket socket) : IHttpWebSocketFeature
    {
        public WebSocket Socket => socket;

        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(WebSocketAcceptContext context) => Task.FromResult(socket);
    }

    /// <summary>Two pipes as the one stream that a WebSocket reads and writes.</summary>
    private sealed class Ends(PipeReader input, PipeWriter output) : Stream
    {
        private readonly Stream _input = input.AsStream();

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
