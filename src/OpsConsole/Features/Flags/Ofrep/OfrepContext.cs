using System.Text.Json;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>Who asks, or what is wrong with how it is said.</summary>
/// <param name="TargetingKey">Whom percentages are decided for, if anybody.</param>
/// <param name="ErrorCode">The protocol's code; <see langword="null"/> if all is well.</param>
/// <param name="ErrorDetails">What is wrong; one sentence.</param>
internal readonly record struct OfrepContext(string? TargetingKey, string? ErrorCode, string? ErrorDetails)
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Reads <c>{"context":{"targetingKey":…}}</c>, whole or in chunks.</summary>
    public static async ValueTask<OfrepContext> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[8 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MostBytes)
            {
                return Bad("INVALID_CONTEXT", $"The body is larger than {MostBytes} bytes.");
            }
        }

        try
        {
            using var body = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            return Read(body.RootElement);
        }
        catch (JsonException problem)
        {
            return Bad("PARSE_ERROR", $"The body is not JSON: {problem.Message}");
        }
    }

    private static OfrepContext Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("context", out var context)
            || context.ValueKind != JsonValueKind.Object)
        {
            return Bad("INVALID_CONTEXT", "The body must be an object with an object “context”.");
        }

        if (!context.TryGetProperty("targetingKey", out var key) || key.ValueKind == JsonValueKind.Null)
        {
            return default;
        }

        return key.ValueKind == JsonValueKind.String
            ? new(key.GetString(), null, null)
            : Bad("INVALID_CONTEXT", "“targetingKey” must be a string.");
    }

    private static OfrepContext Bad(string code, string details) => new(null, code, details);
}
