using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Features.Health;

/// <summary>
/// One connection and how far it has got. It is told what it lacks, whatever the cause: so a viewer who was busy and was skipped,
/// or who comes back, gets its gap filled in order. At most one write is under way, and nobody waits for it.
/// </summary>
internal sealed class Viewer(HubConnectionContext connection, Outbox outbox, int slice)
{
    /// <summary>How many looks go into one write to a viewer who is behind.</summary>
    private const int LooksPerWrite = 30;

    private readonly Lock _gate = new();
    private ServiceFilter _services = ServiceFilter.None;
    private (ServiceFilter Services, long After, long UpTo)? _again;
    private bool _watching;
    private long _frames;
    private long _events;
    private int _status;
    private int _writing;

    /// <summary>The staggered group in which this viewer is served.</summary>
    public int Slice => slice;

    /// <summary>Whether a write is under way.</summary>
    public bool IsBusy => Volatile.Read(ref _writing) != 0;

    /// <summary>Begins or changes what is watched. A service that was watched before goes on where it is; nothing comes twice.</summary>
    public void Watch(ServiceFilter services, long after, long head)
    {
        lock (_gate)
        {
            after = after <= 0 ? head : Math.Min(after, head);
            if (!_watching)
            {
                _watching = true;
                _frames = after;
                _events = outbox.EventsHead;
            }
            else if (services.Without(_services) is { IsEmpty: false } added)
            {
                _again = after < _frames ? (added, after, _frames) : null;
            }

            _services = services;
            _status = outbox.StatusHead;
        }
    }

    /// <summary>Sends once more what came after a number.</summary>
    public void Refill(ServiceFilter services, long after)
    {
        lock (_gate)
        {
            if (_watching && after < _frames)
            {
                _again = (services, Math.Max(0, after), _frames);
            }
        }
    }

    /// <summary>Sends what is due, unless a write is still under way; that one then sees to the rest by itself.</summary>
    public void Serve()
    {
        if (Interlocked.CompareExchange(ref _writing, 1, 0) != 0)
        {
            return;
        }

        var pending = WriteNext();
        if (pending is { IsCompletedSuccessfully: true, Result: false })
        {
            Volatile.Write(ref _writing, 0);
        }
        else
        {
            _ = FinishAsync(pending);
        }
    }

    private async Task FinishAsync(ValueTask<bool> pending)
    {
        try
        {
            while (await pending)
            {
                pending = WriteNext();
            }
        }
        catch (Exception)
        {
            // The connection is going away; the hub hears of it by itself.
            connection.Abort();
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>Writes the next batch; answers whether more may be due.</summary>
    private ValueTask<bool> WriteNext()
    {
        var protocol = connection.Protocol;
        SerializedHubMessage? message;
        bool more;
        lock (_gate)
        {
            if (!_watching)
            {
                return ValueTask.FromResult(false);
            }

            (var due, var services) = Next(protocol.Name);
            message = outbox.Write(due, protocol, services);
            more = _again is not null || _frames < outbox.FramesHead;
        }

        if (message is null)
        {
            return ValueTask.FromResult(more);
        }

        var write = connection.WriteAsync(message, CancellationToken.None);
        return write.IsCompletedSuccessfully && !more ? ValueTask.FromResult(false) : AfterAsync(write);

        static async ValueTask<bool> AfterAsync(ValueTask write)
        {
            await write;
            return true;
        }
    }

    private (Due Due, ServiceFilter Services) Next(string protocol)
    {
        if (_again is { } again)
        {
            var upTo = Math.Min(again.UpTo, Math.Max(again.After, outbox.FramesHead - FrameRing.Capacity) + LooksPerWrite);
            _again = upTo < again.UpTo ? again with { After = upTo } : null;
            return (new Due(protocol, again.Services.Key, again.After, upTo, 0, 0, 0), again.Services);
        }

        var (frames, events, status) = (_frames, _events, _status);
        _frames = Math.Min(outbox.FramesHead, Math.Max(frames, outbox.FramesHead - FrameRing.Capacity) + LooksPerWrite);
        _events = outbox.EventsHead;
        _status = outbox.StatusHead;
        return (new Due(protocol, _services.Key, frames, _frames, events, _events, status == _status ? 0 : _status), _services);
    }
}
