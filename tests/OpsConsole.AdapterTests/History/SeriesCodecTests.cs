using System.Buffers;
using OpsConsole.Embedded.History;

namespace OpsConsole.AdapterTests.History;

public sealed class SeriesCodecTests
{
    public static TheoryData<string> Shapes => ["empty", "constant", "noise", "gaps", "spikes", "huge", "mixed", "negative"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_series_is_read_back_with_its_gaps(string shape)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 3600).Select(second => Value(shape, second, random)).ToArray();
        var output = new ArrayBufferWriter<byte>();
        SeriesCodec.Encode(values, output);

        var read = new float[3600];
        var input = output.WrittenSpan;
        SeriesCodec.Decode(ref input, read);

        Assert.True(input.IsEmpty);
        var range = values.Where(float.IsFinite).DefaultIfEmpty().Max() - (double)values.Where(float.IsFinite).DefaultIfEmpty().Min();
        Assert.All(values.Zip(read), pair =>
        {
            Assert.Equal(float.IsNaN(pair.First), float.IsNaN(pair.Second));
            Assert.True(float.IsNaN(pair.First) || Math.Abs(pair.First - (double)pair.Second) <= Math.Max(0.0006, range / 8000));
        });
        Assert.True(shape == "huge" || output.WrittenCount <= 3600 * 2.5, $"{output.WrittenCount / 3600.0:F2} bytes a value");
    }

    [Fact]
    public void Bytes_that_were_damaged_never_crash_and_never_write_outside()
    {
        var random = new Random(2);
        var output = new ArrayBufferWriter<byte>();
        SeriesCodec.Encode([.. Enumerable.Range(0, 3600).Select(second => Value("gaps", second, random))], output);
        for (var attempt = 0; attempt < 5000; attempt++)
        {
            var bytes = output.WrittenSpan[..random.Next(output.WrittenCount)].ToArray();
            for (var change = 0; change < 3 && bytes.Length > 0; change++)
            {
                bytes[random.Next(Math.Min(bytes.Length, 40))] = (byte)random.Next(256);
            }

            try
            {
                ReadOnlySpan<byte> input = bytes;
                SeriesCodec.Decode(ref input, new float[3600]);
            }
            catch (InvalidDataException)
            {
                // What cannot be read is said to be so.
            }
        }
    }

    private static float Value(string shape, int second, Random random) => shape switch
    {
        "empty" => float.NaN,
        "constant" => 12.5f,
        "noise" => 80 + (float)(random.NextDouble() * 40),
        "gaps" => second % 100 < 7 ? float.NaN : second / 7f,
        "spikes" => second % 500 == 0 ? 60_000 : 5 + (float)random.NextDouble(),
        "huge" => (float)(random.NextDouble() * 3e38),
        "mixed" => (float)(random.NextDouble() * 1e6),
        "negative" => -50 + (float)(random.NextDouble() * 100),
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };
}
