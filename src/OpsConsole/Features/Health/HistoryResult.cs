using System.Text.Json;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>A window of history, written straight from its arrays.</summary>
internal sealed class HistoryResult(HistoryWindow window) : IResult
{
    private static readonly JsonEncodedText Min = JsonEncodedText.Encode("min");
    private static readonly JsonEncodedText Max = JsonEncodedText.Encode("max");
    private static readonly JsonEncodedText Mean = JsonEncodedText.Encode("mean");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using (var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(json);
        }

        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("service", window.Service);
        json.WriteString("from", WireTime.Write(window.From));
        json.WriteString("to", WireTime.Write(window.From + (window.Step * window.Count)));
        json.WriteNumber("stepSeconds", window.Step.TotalSeconds);
        json.WriteNumber("points", window.Count);
        json.WriteStartObject("series");
        foreach (var series in window.Series)
        {
            json.WriteStartObject(series.Sign.Info().Key);
            Write(json, Min, series.Min);
            Write(json, Max, series.Max);
            Write(json, Mean, series.Mean);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JsonEncodedText name, float[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            if (float.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
