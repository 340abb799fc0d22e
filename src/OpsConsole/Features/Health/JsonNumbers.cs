using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;

namespace OpsConsole.Features.Health;

/// <summary>
/// Writes arrays of figures for charts: a thousandth is as fine as it gets from 1 upwards, six places below 1, and
/// <see langword="null"/> where there is no number. Several times quicker than the shortest text that gives back every bit.
/// </summary>
internal static class JsonNumbers
{
    private const int Widest = 16;
    private const double Largest = 1e9, Smallest = 1e-3;

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<float> values)
    {
        var space = output.GetSpan(Widest + 2);
        space[0] = (byte)'[';
        var used = 1;
        foreach (var value in values)
        {
            if (space.Length - used < Widest + 2)
            {
                output.Advance(used);
                space = output.GetSpan(Widest + 2);
                used = 0;
            }

            used += Write(space[used..], value);
            space[used++] = (byte)',';
        }

        used -= values.IsEmpty ? 0 : 1;
        space[used++] = (byte)']';
        output.Advance(used);
    }

    private static int Write(Span<byte> space, float value)
    {
        var size = Math.Abs((double)value);
        if (!(size < Largest) || (size < Smallest && value != 0))
        {
            return WriteRare(space, value);
        }

        uint whole, fraction;
        int places;
        if (size < 1)
        {
            var scaled = (uint)((size * 1_000_000) + 0.5);
            (whole, fraction, places) = (scaled / 1_000_000, scaled % 1_000_000, 6);
        }
        else
        {
            var scaled = (ulong)((size * 1_000) + 0.5);
            (whole, fraction, places) = ((uint)(scaled / 1_000), (uint)(scaled % 1_000), 3);
        }

        var at = 0;
        if (value < 0)
        {
            space[at++] = (byte)'-';
        }

        Utf8Formatter.TryFormat(whole, space[at..], out var written);
        return at + written + WriteFraction(space[(at + written)..], fraction, places);
    }

    /// <summary>The places after the point, and the point, if there are any.</summary>
    private static int WriteFraction(Span<byte> space, uint fraction, int places)
    {
        if (fraction == 0)
        {
            return 0;
        }

        while (fraction % 10 == 0)
        {
            fraction /= 10;
            places--;
        }

        space[0] = (byte)'.';
        for (var place = places; place > 0; place--)
        {
            space[place] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }

        return 1 + places;
    }

    private static int WriteRare(Span<byte> space, float value)
    {
        if (!float.IsFinite(value))
        {
            "null"u8.CopyTo(space);
            return 4;
        }

        return Utf8Formatter.TryFormat(value, space, out var written) ? written : throw new UnreachableException();
    }
}
