using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections.Features;

namespace OpsConsole.Features.Health;

/// <summary>
/// What a hub connection writes to instead of its transport's pipe: each flush is one WebSocket message, sent by whoever flushes.
/// It saves, for each message, a copy into that pipe and the waking of the loop that empties it, and the buffers between the two.
/// </summary>
/// <remarks>The hub lets one writer in at a time. The transport's own loop stays: it sees the pipe complete and closes the socket.</remarks>
internal sealed class SocketWriter(AcceptedSocket accepted, ITransferFormatFeature format, PipeWriter transport, TimeSpan sendLimit, TimeProvider time)
    : PipeWriter
{
    private byte[] _pieces = [];
    private int _length;
    private long _waitingSince;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _length;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_pieces.Length - _length < Math.Max(sizeHint, 1))
        {
            var larger = ArrayPool<byte>.Shared.Rent(_length + Math.Max(sizeHint, 1024));
            _pieces.AsSpan(0, _length).CopyTo(larger);
            GiveBack(_pieces);
            _pieces = larger;
        }

        return _pieces.AsMemory(_length);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _pieces.Length - _length);
        _length += bytes;
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_length == 0)
        {
            return SendAsync(source, null);
        }

        source.CopyTo(GetMemory(source.Length));
        Advance(source.Length);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_length == 0)
        {
            return default;
        }

        var (pieces, length) = (_pieces, _length);
        (_pieces, _length) = ([], 0);
        return SendAsync(pieces.AsMemory(0, length), pieces);
    }

    /// <summary>Does nothing: half a WebSocket message cannot be taken back.</summary>
    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        if (Volatile.Read(ref _waitingSince) != 0)
        {
            // Who does not take this message will not take the closing one either.
            accepted.Socket.Abort();
        }

        GiveBack(_pieces);
        (_pieces, _length) = ([], 0);
        transport.Complete(exception);
    }

    /// <summary>Drops a viewer who has not taken a message for too long. Called about once a second.</summary>
    public void GiveUpWhenStuck()
    {
        var since = Volatile.Read(ref _waitingSince);
        if (since != 0 && time.GetElapsedTime(since) > sendLimit)
        {
            accepted.Socket.Abort();
        }
    }

    private static void GiveBack(byte[] rented)
    {
        if (rented.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> message, byte[]? rented)
    {
        var type = format.ActiveFormat == Microsoft.AspNetCore.Connections.TransferFormat.Binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        var send = accepted.Socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
        if (!send.IsCompletedSuccessfully)
        {
            return FinishAsync(send, rented);
        }

        send.GetAwaiter().GetResult();
        GiveBack(rented ?? []);
        return default;
    }

    private async ValueTask<FlushResult> FinishAsync(ValueTask send, byte[]? rented)
    {
        Volatile.Write(ref _waitingSince, Math.Max(1, time.GetTimestamp()));
        try
        {
            await send;
            return default;
        }
        catch (Exception problem) when (problem is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody is there any more; the transport hears of it by itself.
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
            GiveBack(rented ?? []);
        }
    }
}
