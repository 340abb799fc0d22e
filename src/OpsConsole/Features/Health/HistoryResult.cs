using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>A window of history, written straight from its arrays and sent on in large parts.</summary>
internal sealed class HistoryResult(HistoryWindow window) : IResult
{
    private const int PartBytes = 48 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        var output = httpContext.Response.BodyWriter;
        WriteHead(output);
        for (var index = 0; index < window.Series.Length; index++)
        {
            Write(output, window.Series[index], first: index == 0);
            if (output.UnflushedBytes >= PartBytes)
            {
                await output.FlushAsync(httpContext.RequestAborted);
            }
        }

        output.Write("}}"u8);
        await output.FlushAsync(httpContext.RequestAborted);
    }

    /// <summary>Everything up to the first series; its two objects stay open.</summary>
    private void WriteHead(PipeWriter output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("service", window.Service);
        json.WriteString("from", WireTime.Write(window.From));
        json.WriteString("to", WireTime.Write(window.From + (window.Step * window.Count)));
        json.WriteNumber("stepSeconds", window.Step.TotalSeconds);
        json.WriteNumber("points", window.Count);
        json.WriteStartObject("series");
    }

    private static void Write(PipeWriter output, HistorySeries series, bool first)
    {
        output.Write(first ? "\""u8 : ",\""u8);
        output.Write(JsonEncodedText.Encode(series.Sign.Info().Key).EncodedUtf8Bytes);
        output.Write("\":{\"min\":"u8);
        JsonNumbers.Write(output, series.Min);
        output.Write(",\"max\":"u8);
        JsonNumbers.Write(output, series.Max);
        output.Write(",\"mean\":"u8);
        JsonNumbers.Write(output, series.Mean);
        output.Write("}"u8);
    }
}
