using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Replicas;

/// <summary>How a look travels: term and number in front, so that they are read without the rest, then JSON, compressed.</summary>
internal static class LookCodec
{
    private const int Header = 2 * sizeof(long);

    public static byte[] Write(LeadersLook look)
    {
        using var output = new MemoryStream();
        Span<byte> header = stackalloc byte[Header];
        BinaryPrimitives.WriteInt64LittleEndian(header, look.Term);
        BinaryPrimitives.WriteInt64LittleEndian(header[sizeof(long)..], look.Snapshot.Sequence);
        output.Write(header);
        using (var packed = new BrotliStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(packed, look, ReplicasJson.Default.LeadersLook);
        }

        return output.ToArray();
    }

    /// <summary>The term and the number of the look in some bytes; zeros if there is none.</summary>
    public static (long Term, long Sequence) Peek(ReadOnlySpan<byte> bytes) => bytes.Length <= Header
        ? default
        : (BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(long)..]));

    /// <summary>The look in some bytes, or <see langword="null"/> if they are none: of a newer console, perhaps.</summary>
    public static LeadersLook? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var input = new MemoryStream(bytes[Header..].ToArray());
            using var unpacked = new BrotliStream(input, CompressionMode.Decompress);
            return JsonSerializer.Deserialize(unpacked, ReplicasJson.Default.LeadersLook) is { Snapshot: { } snapshot } look
                ? look with
                {
                    Snapshot = snapshot with { Services = Ordinal(snapshot.Services) },
                    Paces = Ordinal(look.Paces),
                }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static ImmutableSortedDictionary<string, T> Ordinal<T>(ImmutableSortedDictionary<string, T>? read) =>
        (read ?? ImmutableSortedDictionary<string, T>.Empty).WithComparers(StringComparer.Ordinal);
}
