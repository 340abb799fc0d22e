namespace OpsConsole.Embedded;

/// <summary>
/// Counts the objects that a body would be decoded to, before it is: an empty point is two bytes as sent and hundreds in memory, so
/// that a body within its limit could take all there is.
/// </summary>
internal static class OtlpParts
{
    private enum Part
    {
        Leaf,
        Request,
        Resources,
        Resource,
        Scope,
        Metric,
        Numbers,
        Histograms,
        ExponentialHistograms,
        Number,
        Histogram,
        ExponentialHistogram,
        Attribute,
    }

    /// <summary>The objects of a JSON text; an upper bound, as a brace may also stand in a string.</summary>
    public static int CountJson(ReadOnlySpan<byte> text) => text.Count((byte)'{');

    /// <summary>The messages of a protobuf body. What is broken is not counted further: the decoder will say so.</summary>
    public static int CountProtobuf(ReadOnlySpan<byte> body) => Count(body, Part.Request);

    private static int Count(ReadOnlySpan<byte> message, Part part)
    {
        var count = 0;
        while (TryReadVarint(ref message, out var tag))
        {
            const int Varint = 0, Fixed64 = 1, Delimited = 2, GroupStart = 3, GroupEnd = 4, Fixed32 = 5;
            uint length = 0;
            switch (tag & 7)
            {
                case Varint when TryReadVarint(ref message, out _):
                case Delimited when TryReadVarint(ref message, out length):
                case GroupStart or GroupEnd:
                    break;
                case Fixed64:
                    length = sizeof(ulong);
                    break;
                case Fixed32:
                    length = sizeof(uint);
                    break;
                default:
                    return count;
            }

            if (length > message.Length)
            {
                return count;
            }

            if ((tag & 7) == Delimited && Within(part, tag >> 3) is { } inner)
            {
                count += 1 + (inner == Part.Leaf ? 0 : Count(message[..(int)length], inner));
            }

            message = message[(int)length..];
        }

        return count;
    }

    /// <summary>The message in a field, or <see langword="null"/> if it is none.</summary>
    private static Part? Within(Part part, uint field) => (part, field) switch
    {
        (Part.Request, 1) => Part.Resources,
        (Part.Resources, 1) => Part.Resource,
        (Part.Resources, 2) => Part.Scope,
        (Part.Resource, 1) => Part.Attribute,
        (Part.Scope, 2) => Part.Metric,
        (Part.Metric, 5 or 7) => Part.Numbers,
        (Part.Metric, 9) => Part.Histograms,
        (Part.Metric, 10) => Part.ExponentialHistograms,
        (Part.Numbers, 1) => Part.Number,
        (Part.Histograms, 1) => Part.Histogram,
        (Part.ExponentialHistograms, 1) => Part.ExponentialHistogram,
        (Part.Number, 7) or (Part.Histogram, 9) or (Part.ExponentialHistogram, 1) => Part.Attribute,
        (Part.ExponentialHistogram, 8 or 9) or (Part.Attribute, 2) => Part.Leaf,
        _ => null,
    };

    /// <summary>Of a longer number the decoder, too, takes the lowest 32 bits.</summary>
    private static bool TryReadVarint(ref ReadOnlySpan<byte> input, out uint value)
    {
        value = 0;
        for (var index = 0; index < Math.Min(input.Length, 10); index++)
        {
            value |= index < 5 ? (uint)(input[index] & 0x7F) << (7 * index) : 0;
            if (input[index] < 0x80)
            {
                input = input[(index + 1)..];
                return true;
            }
        }

        return false;
    }
}
