using System.Text.Json;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>
/// What may come with a halt. A halt is not refused for how its reason is sent: without a body, and with one that is no JSON and does not
/// claim to be, it goes ahead without words.
/// </summary>
internal sealed record HaltRequest(string? Reason = null)
{
    public static async ValueTask<HaltRequest> BindAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength == 0)
        {
            return new();
        }

        try
        {
            return await context.Request.ReadFromJsonAsync(ExperimentsJson.Default.HaltRequest, context.RequestAborted) ?? new();
        }
        catch (JsonException problem)
        {
            throw new BadHttpRequestException(
                $"Nothing was halted, because the body is not the JSON that it says it is: {problem.Message} Send {{\"reason\":\"…\"}}, or nothing at all.",
                problem);
        }
    }
}
