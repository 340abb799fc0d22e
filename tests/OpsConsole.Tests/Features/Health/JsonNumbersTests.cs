using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using CsCheck;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

public sealed class JsonNumbersTests
{
    [Theory]
    [InlineData(0f, "[0]")]
    [InlineData(-0.5f, "[-0.5]")]
    [InlineData(0.3f, "[0.3]")]
    [InlineData(0.0449999f, "[0.045]")]
    [InlineData(0.9999999f, "[1]")]
    [InlineData(41f, "[41]")]
    [InlineData(84.25f, "[84.25]")]
    [InlineData(-7.0049f, "[-7.005]")]
    [InlineData(1999.9996f, "[2000]")]
    [InlineData(0.000025f, "[2.5E-05]")]
    [InlineData(3e38f, "[3E+38]")]
    [InlineData(float.NaN, "[null]")]
    [InlineData(float.NegativeInfinity, "[null]")]
    public void A_figure_is_written_as_fine_as_a_chart_needs_it(float value, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Write([value])));

    [Fact]
    public void Nothing_is_an_empty_array() => Assert.Equal("[]"u8, Write([]));

    [Fact]
    public void Any_figures_are_read_back_however_many_there_are() =>
        Gen.OneOf(Gen.Float, Gen.Float[-2, 2], Gen.Float[0, 5000]).Array[0, 3000].Sample(
            values =>
            {
                using var read = JsonDocument.Parse(Write(values));
                return read.RootElement.EnumerateArray().Zip(values).Count(pair => IsClose(pair.Second, pair.First)) == values.Length
                    && read.RootElement.GetArrayLength() == values.Length;
            },
            iter: 200);

    private static bool IsClose(float value, JsonElement read) => Math.Abs(value) switch
    {
        float.NaN or float.PositiveInfinity => read.ValueKind == JsonValueKind.Null,
        >= 1e9f or < 1e-3f => read.GetSingle() == value,
        < 1 => Math.Abs(read.GetDouble() - value) <= 0.000_000_51,
        _ => Math.Abs(read.GetDouble() - value) <= 0.000_51,
    };

    /// <summary>Through a pipe, whose pieces are smaller than what is written.</summary>
    private static byte[] Write(float[] values)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        JsonNumbers.Write(pipe.Writer, values);
        pipe.Writer.Complete();
        return pipe.Reader.TryRead(out var read) ? read.Buffer.ToArray() : [];
    }
}
