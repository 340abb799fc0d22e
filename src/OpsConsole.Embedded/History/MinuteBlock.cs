using System.Buffers;

namespace OpsConsole.Embedded.History;

/// <summary>One service's signs in every minute of one hour: smallest, largest and mean value, and of how many seconds.</summary>
internal sealed class MinuteBlock
{
    public const int Minutes = 60;
    private const int Figures = 4;

    private readonly float[][] _series = new float[HourBlock.SignCount * Figures][];

    private MinuteBlock()
    {
        for (var index = 0; index < _series.Length; index++)
        {
            _series[index] = new float[Minutes];
        }
    }

    public float[] Min(int sign) => _series[sign * Figures];

    public float[] Max(int sign) => _series[(sign * Figures) + 1];

    public float[] Mean(int sign) => _series[(sign * Figures) + 2];

    public float[] Count(int sign) => _series[(sign * Figures) + 3];

    public static MinuteBlock Of(HourBlock hour)
    {
        var block = new MinuteBlock();
        for (var sign = 0; sign < HourBlock.SignCount; sign++)
        {
            var seconds = hour[sign];
            for (var minute = 0; minute < Minutes; minute++)
            {
                var summary = seconds.IsEmpty ? Summary.None : Summary.Of(seconds.Slice(minute * 60, 60));
                block.Min(sign)[minute] = summary.Count == 0 ? float.NaN : summary.Min;
                block.Max(sign)[minute] = summary.Count == 0 ? float.NaN : summary.Max;
                block.Mean(sign)[minute] = summary.Count == 0 ? float.NaN : (float)(summary.Sum / summary.Count);
                block.Count(sign)[minute] = summary.Count == 0 ? float.NaN : summary.Count;
            }
        }

        return block;
    }

    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(4 * 1024);
        foreach (var series in _series)
        {
            SeriesCodec.Encode(series, output);
        }

        return output.WrittenSpan.ToArray();
    }

    public static MinuteBlock Decode(ReadOnlySpan<byte> chunk)
    {
        var block = new MinuteBlock();
        foreach (var series in block._series)
        {
            if (chunk.IsEmpty)
            {
                Array.Fill(series, float.NaN);
            }
            else
            {
                SeriesCodec.Decode(ref chunk, series);
            }
        }

        return block;
    }
}
