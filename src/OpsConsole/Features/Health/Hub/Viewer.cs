using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Features.Health;

/// <summary>
/// One connection and how far it has got. It is told what it lacks, whatever the cause: so a viewer who was busy and was skipped,
/// or who comes back, gets its gap filled in order. At most one write is under way, and nobody waits for it.
/// </summary>
internal sealed partial class Viewer(HubConnectionContext connection, Outbox outbox, ILogger log)
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
    private volatile Turn _turn;

    private enum Turn
    {
        /// <summary>Nobody writes.</summary>
        Free,

        /// <summary>A write is under way.</summary>
        Writing,

        /// <summary>A write is under way, and since it began there was something new.</summary>
        WritingWithMoreToCome,
    }

    /// <summary>Where this viewer stands in the row of all; kept by the fan-out.</summary>
    public int Place { get; set; }

    /// <summary>The staggered group in which this viewer is served as things are.</summary>
    public int Slice => Place / ViewerFanout.SliceSize;

    /// <summary>Whether a write is under way.</summary>
    public bool IsBusy => _turn != Turn.Free;

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
        if (Interlocked.Exchange(ref _turn, Turn.WritingWithMoreToCome) == Turn.Free)
        {
            _ = WriteAllAsync();
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            do
            {
                await WriteNextAsync();
            }
            while (Interlocked.CompareExchange(ref _turn, Turn.Free, Turn.Writing) != Turn.Writing);
        }
        catch (Exception problem)
        {
            // Who is away is no exception here. The turn is kept, so that nothing more is written to this connection.
            ServingFailed(problem);
            connection.Abort();
        }
    }

    /// <summary>Writes the next batch.</summary>
    private ValueTask WriteNextAsync()
    {
        var protocol = connection.Protocol;
        SerializedHubMessage? message;
        lock (_gate)
        {
            // Whoever comes from here on wants something that this batch does not have.
            Interlocked.Exchange(ref _turn, Turn.Writing);
            if (!_watching)
            {
                return default;
            }

            message = outbox.Write(Next(protocol.Name), protocol);
            if (_again is not null || _frames < outbox.FramesHead)
            {
                _turn = Turn.WritingWithMoreToCome;
            }
        }

        return message is null ? default : connection.WriteAsync(message, CancellationToken.None);
    }

    private Due Next(string protocol)
    {
        if (_again is { } again)
        {
            var upTo = Math.Min(again.UpTo, Math.Max(again.After, outbox.FramesHead - FrameRing.Capacity) + LooksPerWrite);
            _again = upTo < again.UpTo ? again with { After = upTo } : null;
            return new Due(protocol, again.Services, again.After, upTo, 0, 0, 0);
        }

        var (frames, events, status) = (_frames, _events, _status);
        _frames = Math.Min(outbox.FramesHead, Math.Max(frames, outbox.FramesHead - FrameRing.Capacity) + LooksPerWrite);
        _events = outbox.EventsHead;
        _status = outbox.StatusHead;
        return new Due(protocol, _services, frames, _frames, events, _events, status == _status ? 0 : _status);
    }

    [LoggerMessage(LogLevel.Error, "A viewer could not be served; its connection is closed, and it may come back.")]
    private partial void ServingFailed(Exception problem);
}
