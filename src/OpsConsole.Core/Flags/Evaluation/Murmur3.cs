using System.Buffers.Binary;
using System.Numerics;

namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>MurmurHash3 x86 32 with seed 0, as flagd buckets with it.</summary>
internal static class Murmur3
{
    private const uint C1 = 0xcc9e2d51;
    private const uint C2 = 0x1b873593;

    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var length = (uint)bytes.Length;
        var hash = 0u;
        while (bytes.Length >= 4)
        {
            hash = (BitOperations.RotateLeft(hash ^ Scramble(BinaryPrimitives.ReadUInt32LittleEndian(bytes)), 13) * 5) + 0xe6546b64;
            bytes = bytes[4..];
        }

        var tail = 0u;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            tail = (tail << 8) | bytes[i];
        }

        return Finish(hash ^ Scramble(tail) ^ length);
    }

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;

    private static uint Finish(uint hash)
    {
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }
}
