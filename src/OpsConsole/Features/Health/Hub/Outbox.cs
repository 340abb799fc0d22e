using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>What a viewer still has to get: spans of numbers, each after the first up to the second.</summary>
internal readonly record struct Due(
    string Protocol, ServiceFilter Services, long FramesAfter, long FramesUpTo, long EventsAfter, long EventsUpTo, int Status)
{
    public bool IsEmpty => FramesUpTo <= FramesAfter && EventsUpTo <= EventsAfter && Status == 0;
}

/// <summary>
/// What there is to send. Viewers who have to get the same are served from the same bytes, which are written once.
/// </summary>
internal sealed class Outbox(FrameRing frames)
{
    private const int MaxShared = 256;

    private readonly ConcurrentDictionary<Due, SerializedHubMessage> _shared = new();
    private volatile StatusVersion _status = new(0, new ConsoleStatus("", 0, 0, false, "", "", "", 0), null);
    private volatile Events _events = new(0, []);

    /// <summary>The number of the newest look.</summary>
    public long FramesHead => frames.Head;

    /// <summary>The number of the newest timeline entry.</summary>
    public long EventsHead => _events.Head;

    /// <summary>Rises with each change of the status.</summary>
    public int StatusHead => _status.Version;

    public ConsoleStatus Status => _status.Status;

    /// <summary>Takes a new status; answers whether anything but its time differs from the one before. Called by one loop.</summary>
    public bool Take(ConsoleStatus status)
    {
        var last = _status;
        if (last.Version > 0 && last.Status with { At = status.At } == status)
        {
            return false;
        }

        _status = new(last.Version + 1, status, new OutgoingMessage("status", status));
        return true;
    }

    /// <summary>Takes the newest end of the timeline; answers whether it grew. Called by one loop.</summary>
    public bool Take(TimelineHead head)
    {
        var last = _events;
        if (head.Sequence <= last.Head)
        {
            return false;
        }

        var known = last.Recent.ToDictionary(entry => entry.Sequence);
        _events = new(head.Sequence,
            [.. head.Recent.Select(entry => known.GetValueOrDefault(entry.Sequence) ?? new(entry.Sequence, new OutgoingMessage("event", entry)))]);
        return true;
    }

    /// <summary>The bytes for what is due: events, status, frames, in order. <see langword="null"/> if there is nothing to say.</summary>
    public SerializedHubMessage? Write(in Due due, IHubProtocol protocol)
    {
        if (due.IsEmpty)
        {
            return null;
        }

        if (_shared.TryGetValue(due, out var shared))
        {
            return shared;
        }

        var bytes = new ArrayBufferWriter<byte>(1024);
        WriteEvents(bytes, due, protocol);
        if (due.Status > 0 && _status is { Message: { } status })
        {
            bytes.Write(status.Bytes(protocol).Span);
        }

        foreach (var look in due.FramesUpTo > due.FramesAfter ? frames.Read(due.FramesAfter, due.FramesUpTo) : [])
        {
            foreach (var (service, message) in look.Frames)
            {
                if (due.Services.Includes(service))
                {
                    bytes.Write(message.Bytes(protocol).Span);
                }
            }
        }

        if (bytes.WrittenCount == 0)
        {
            return null;
        }

        var written = new SerializedHubMessage([new SerializedMessage(protocol.Name, bytes.WrittenMemory)]);
        if (_shared.Count < MaxShared)
        {
            _shared.TryAdd(due, written);
        }

        return written;
    }

    /// <summary>Lets go of bytes that nobody will ask for any more.</summary>
    public void ForgetShared() => _shared.Clear();

    private void WriteEvents(ArrayBufferWriter<byte> bytes, in Due due, IHubProtocol protocol)
    {
        if (due.EventsUpTo <= due.EventsAfter)
        {
            return;
        }

        foreach (var (sequence, message) in _events.Recent)
        {
            if (sequence > due.EventsAfter && sequence <= due.EventsUpTo)
            {
                bytes.Write(message.Bytes(protocol).Span);
            }
        }
    }

    private sealed record StatusVersion(int Version, ConsoleStatus Status, OutgoingMessage? Message);

    private sealed record Entry(long Sequence, OutgoingMessage Message);

    private sealed record Events(long Head, Entry[] Recent);
}
