using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace OpsConsole.Embedded.History;

/// <summary>
/// Writes a series as scaled integers: runs of evidence and gaps, then zigzag varints of the differences. The scale is the finest
/// power of ten, 0.001 at best, with which the series keeps to about two bytes a value, so the error stays below 0.01 % of its range.
/// What no scale fits is written as it is, in 4 bytes a value.
/// </summary>
internal static class SeriesCodec
{
    private const int FinestExponent = 3, CoarsestExponent = -6;
    private const sbyte Raw = sbyte.MaxValue;
    private const double LargestInteger = 1L << 52;

    public static void Encode(ReadOnlySpan<float> values, ArrayBufferWriter<byte> output)
    {
        var present = WriteRuns(values, output);
        if (present == 0)
        {
            return;
        }

        var largest = 0.0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, float.IsNaN(value) ? 0 : Math.Abs((double)value));
        }

        var budget = 8 + (present * 22 / 10);
        var buffer = ArrayPool<byte>.Shared.Rent(budget + 10);
        for (var exponent = FinestExponent; exponent >= CoarsestExponent; exponent--)
        {
            var scale = Math.Pow(10, exponent);
            if (largest * scale < LargestInteger && TryWriteScaled(values, scale, buffer.AsSpan(0, budget + 10), budget) is var length and > 0)
            {
                output.Write([(byte)(sbyte)exponent]);
                output.Write(buffer.AsSpan(0, length));
                ArrayPool<byte>.Shared.Return(buffer);
                return;
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        WriteRaw(values, output);
    }

    /// <summary>Reads a series; what is not there becomes <see cref="float.NaN"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes were not written by <see cref="Encode"/>.</exception>
    public static void Decode(ref ReadOnlySpan<byte> input, Span<float> values)
    {
        values.Fill(float.NaN);
        var runs = (int)Math.Min(ReadVarint(ref input), int.MaxValue);
        if (runs == 0)
        {
            return;
        }

        var rest = input;
        for (var number = 0L; number < runs * 2L; number++)
        {
            ReadVarint(ref rest);
        }

        var exponent = (sbyte)Take(ref rest, 1)[0];
        var scale = Math.Pow(10, -exponent);
        long position = 0, current = 0;
        for (var index = 0; index < runs; index++)
        {
            position += (long)ReadVarint(ref input);
            var length = (long)ReadVarint(ref input);
            if (position < 0 || length < 0 || position > values.Length || length > values.Length - position)
            {
                throw new InvalidDataException("A run of the series lies outside of it.");
            }

            var run = values.Slice((int)position, (int)length);
            rest = exponent == Raw ? ReadRaw(rest, run) : ReadScaled(rest, run, scale, ref current);
            position += length;
        }

        input = rest;
    }

    public static void WriteVarint(ArrayBufferWriter<byte> output, ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        output.Write(bytes[..PutVarint(bytes, value)]);
    }

    public static ulong ReadVarint(ref ReadOnlySpan<byte> input)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref input, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number of the series is too long.");
    }

    private static ReadOnlySpan<byte> ReadRaw(ReadOnlySpan<byte> input, Span<float> run)
    {
        foreach (ref var value in run)
        {
            value = BinaryPrimitives.ReadSingleLittleEndian(Take(ref input, sizeof(float)));
        }

        return input;
    }

    /// <summary>Nearly every difference takes one or two bytes; a day of one service is 700,000 of them, so it is optimized from its first call on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<byte> ReadScaled(ReadOnlySpan<byte> input, Span<float> run, double scale, scoped ref long last)
    {
        var current = last;
        foreach (ref var value in run)
        {
            ulong zigzag;
            if (input.Length >= 2 && input[0] < 0x80)
            {
                zigzag = input[0];
                input = input[1..];
            }
            else if (input.Length >= 2 && input[1] < 0x80)
            {
                zigzag = (ulong)((input[0] & 0x7F) | (input[1] << 7));
                input = input[2..];
            }
            else
            {
                input = ReadVarint(input, out zigzag);
            }

            current += (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
            value = (float)(current * scale);
        }

        last = current;
        return input;
    }

    private static ReadOnlySpan<byte> ReadVarint(ReadOnlySpan<byte> input, out ulong value)
    {
        value = ReadVarint(ref input);
        return input;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> input, int length)
    {
        if (input.Length < length)
        {
            throw new InvalidDataException("The series is cut off.");
        }

        var taken = input[..length];
        input = input[length..];
        return taken;
    }

    private static int WriteRuns(ReadOnlySpan<float> values, ArrayBufferWriter<byte> output)
    {
        List<(int Gap, int Length)> runs = [];
        var present = 0;
        for (int position = 0, end = 0; position < values.Length;)
        {
            if (float.IsNaN(values[position]))
            {
                position++;
                continue;
            }

            var start = position;
            while (position < values.Length && !float.IsNaN(values[position]))
            {
                position++;
            }

            runs.Add((start - end, position - start));
            present += position - start;
            end = position;
        }

        WriteVarint(output, (ulong)runs.Count);
        foreach (var (gap, length) in runs)
        {
            WriteVarint(output, (ulong)gap);
            WriteVarint(output, (ulong)length);
        }

        return present;
    }

    private static int TryWriteScaled(ReadOnlySpan<float> values, double scale, Span<byte> buffer, int budget)
    {
        long previous = 0;
        var written = 0;
        foreach (var value in values)
        {
            if (float.IsNaN(value))
            {
                continue;
            }

            var scaled = (long)Math.Round(value * scale);
            var difference = scaled - previous;
            previous = scaled;
            written += PutVarint(buffer[written..], (ulong)((difference << 1) ^ (difference >> 63)));
            if (written > budget)
            {
                return 0;
            }
        }

        return written;
    }

    private static void WriteRaw(ReadOnlySpan<float> values, ArrayBufferWriter<byte> output)
    {
        output.Write([(byte)Raw]);
        foreach (var value in values)
        {
            if (!float.IsNaN(value))
            {
                BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(sizeof(float)), value);
                output.Advance(sizeof(float));
            }
        }
    }

    private static int PutVarint(Span<byte> bytes, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        return length;
    }
}
