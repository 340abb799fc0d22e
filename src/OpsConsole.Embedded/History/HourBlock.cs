using System.Buffers;
using OpsConsole.Core.Health;

namespace OpsConsole.Embedded.History;

/// <summary>One service's signs in every second of one hour. A sign's room is taken when it has evidence for the first time.</summary>
internal sealed class HourBlock
{
    public const int Seconds = 3600;
    public static readonly int SignCount = VitalSignCatalog.All.Length;

    private readonly float[]?[] _signs = new float[SignCount][];

    /// <summary>Whether it holds what is not in its chunk on disk.</summary>
    public bool Dirty { get; set; }

    /// <summary>Whether its chunk on disk, if there is one, was merged into it.</summary>
    public bool Complete { get; set; }

    public ReadOnlySpan<float> this[int sign] => Volatile.Read(ref _signs[sign]);

    public bool Has(int second)
    {
        foreach (var sign in _signs)
        {
            if (sign is not null && !float.IsNaN(sign[second]))
            {
                return true;
            }
        }

        return false;
    }

    public void Set(int second, VitalSigns signs)
    {
        for (var sign = 0; sign < SignCount; sign++)
        {
            Set(sign, second, signs[(VitalSign)sign] is { } value && float.IsFinite((float)value) ? (float)value : float.NaN);
        }

        Dirty = true;
    }

    public void Set(int sign, int second, float value)
    {
        if (_signs[sign] is { } known)
        {
            known[second] = value;
        }
        else if (!float.IsNaN(value))
        {
            var values = Empty();
            values[second] = value;
            Volatile.Write(ref _signs[sign], values);
        }
    }

    /// <summary>Moves what stands in a second to the one before it.</summary>
    public void MoveBack(int second)
    {
        foreach (var sign in _signs)
        {
            if (sign is not null)
            {
                sign[second - 1] = sign[second];
            }
        }
    }

    /// <summary>Takes over from another block what this one does not have.</summary>
    public void Merge(HourBlock other)
    {
        for (var sign = 0; sign < SignCount; sign++)
        {
            if (other._signs[sign] is not { } values)
            {
                continue;
            }

            for (var second = 0; second < Seconds; second++)
            {
                if (this[sign] is not { Length: > 0 } own || float.IsNaN(own[second]))
                {
                    Set(sign, second, values[second]);
                }
            }
        }
    }

    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(16 * 1024);
        for (var sign = 0; sign < SignCount; sign++)
        {
            SeriesCodec.Encode(this[sign], output);
        }

        return output.WrittenSpan.ToArray();
    }

    public static HourBlock Decode(ReadOnlySpan<byte> chunk)
    {
        var block = new HourBlock { Complete = true };
        var values = Empty();
        for (var sign = 0; sign < SignCount && chunk.Length > 0; sign++)
        {
            SeriesCodec.Decode(ref chunk, values);
            if (values.AsSpan().ContainsAnyExcept(float.NaN))
            {
                block._signs[sign] = values;
                values = Empty();
            }
        }

        return block;
    }

    private static float[] Empty()
    {
        var values = new float[Seconds];
        Array.Fill(values, float.NaN);
        return values;
    }
}
