namespace OpsConsole.Api;

/// <summary>What to do about a request that reached no endpoint: the framework says only what its status is called.</summary>
internal static class StatusSentences
{
    public static void Add(ProblemDetailsContext context) => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address. GET /openapi/v1.json lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address takes other methods; they are in the header Allow.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large. Send less at once.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as application/json.",
        StatusCodes.Status500InternalServerError => "The console could not do it; its log says why. Try again, and look there if it stays so.",
        _ => null,
    };
}
