using Microsoft.AspNetCore.SignalR.Protocol;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>A message to viewers that is written once for each protocol, however many get it.</summary>
internal sealed class OutgoingMessage(string method, object payload)
{
    private volatile Written? _newest;

    public ReadOnlyMemory<byte> Bytes(IHubProtocol protocol)
    {
        for (var written = _newest; written is not null; written = written.Next)
        {
            if (ReferenceEquals(written.Protocol, protocol))
            {
                return written.Bytes;
            }
        }

        var bytes = protocol.GetMessageBytes(new InvocationMessage(method, [payload]));
        _newest = new Written(protocol, bytes, _newest);
        return bytes;
    }

    private sealed record Written(IHubProtocol Protocol, ReadOnlyMemory<byte> Bytes, Written? Next);
}

/// <summary>The frames of one look.</summary>
internal sealed class Look
{
    public Look(HealthSnapshot snapshot)
    {
        Sequence = snapshot.Sequence;
        Frames = [.. snapshot.Services.Select(service =>
            (service.Key, new OutgoingMessage("frame", Frame.From(snapshot, service.Value))))];
    }

    public long Sequence { get; }

    public (string Service, OutgoingMessage Message)[] Frames { get; }
}

/// <summary>The frames of the last 15 minutes, by number, for viewers who missed some.</summary>
internal sealed class FrameRing
{
    public const int Capacity = 900;

    private readonly Lock _gate = new();
    private readonly Look?[] _looks = new Look?[Capacity];

    /// <summary>The number of the newest look; 0 before the first.</summary>
    public long Head { get; private set => Volatile.Write(ref field, value); }

    public void Add(HealthSnapshot snapshot)
    {
        var look = new Look(snapshot);
        lock (_gate)
        {
            _looks[look.Sequence % Capacity] = look;
            Head = look.Sequence;
        }
    }

    /// <summary>The looks after one number up to another, oldest first, as far as they are still kept.</summary>
    public List<Look> Read(long after, long upTo)
    {
        List<Look> found = [];
        lock (_gate)
        {
            for (var sequence = Math.Max(after, Head - Capacity) + 1; sequence <= Math.Min(upTo, Head); sequence++)
            {
                if (sequence > 0 && _looks[sequence % Capacity] is { } look && look.Sequence == sequence)
                {
                    found.Add(look);
                }
            }
        }

        return found;
    }
}
