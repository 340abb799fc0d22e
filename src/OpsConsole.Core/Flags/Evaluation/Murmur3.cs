using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>
/// MurmurHash3 x86 32 with seed 0 over text in UTF-8, as flagd buckets with it. A value goes on where another one left off, so that
/// what many texts begin with is hashed once. Needs no memory, however long the text is.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Murmur3
{
    private const uint C1 = 0xcc9e2d51;
    private const uint C2 = 0x1b873593;
    private const int BlockBits = 32;

    private readonly uint _blocks;
    private readonly ulong _pending;
    private readonly uint _length;

    private Murmur3(uint blocks, ulong pending, uint length)
    {
        _blocks = blocks;
        _pending = pending;
        _length = length;
    }

    /// <summary>The hash of everything so far.</summary>
    public uint Value
    {
        get
        {
            var hash = _blocks ^ Scramble((uint)_pending) ^ _length;
            hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
            hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
            return hash ^ (hash >> 16);
        }
    }

    /// <summary>Goes on with a text.</summary>
    /// <param name="text">What it is; a surrogate without its other half counts as U+FFFD, as in every encoder of the framework.</param>
    public Murmur3 Append(ReadOnlySpan<char> text) => Ascii.IsValid(text) ? AppendAscii(text) : AppendRunes(text);

    private Murmur3 AppendAscii(ReadOnlySpan<char> text)
    {
        var (blocks, pending, length) = (_blocks, _pending, _length + (uint)text.Length);
        var bits = (int)(_length % 4) * 8;
        while (text.Length >= 4)
        {
            pending |= (ulong)(text[0] | ((uint)text[1] << 8) | ((uint)text[2] << 16) | ((uint)text[3] << 24)) << bits;
            blocks = Mix(blocks, (uint)pending);
            pending >>= BlockBits;
            text = text[4..];
        }

        foreach (var character in text)
        {
            pending |= (ulong)character << bits;
            bits += 8;
        }

        return bits < BlockBits ? new(blocks, pending, length) : new(Mix(blocks, (uint)pending), pending >> BlockBits, length);
    }

    private Murmur3 AppendRunes(ReadOnlySpan<char> text)
    {
        var hash = this;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                hash = hash.Append(value);
            }
        }

        return hash;
    }

    private Murmur3 Append(byte value)
    {
        var pending = _pending | ((ulong)value << ((int)(_length % 4) * 8));
        return _length % 4 == 3 ? new(Mix(_blocks, (uint)pending), 0, _length + 1) : new(_blocks, pending, _length + 1);
    }

    private static uint Mix(uint blocks, uint block) => (BitOperations.RotateLeft(blocks ^ Scramble(block), 13) * 5) + 0xe6546b64;

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * C1, 15) * C2;
}
