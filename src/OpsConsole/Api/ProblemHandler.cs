using Microsoft.AspNetCore.Diagnostics;
using OpsConsole.Core.Records;

namespace OpsConsole.Api;

/// <summary>Answers what escaped an endpoint of the API: a body that cannot be read, a store that cannot be reached.</summary>
internal sealed class ProblemHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var answer = exception switch
        {
            StoreUnavailableException store => Problems.StoreUnavailable(store.Message),
            BadHttpRequestException bad => TypedResults.Problem(
                bad.InnerException is System.Text.Json.JsonException json ? $"The body is not the JSON that is asked for: {json.Message}" : bad.Message,
                statusCode: bad.StatusCode,
                title: "The request cannot be read"),
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        await answer.ExecuteAsync(httpContext);
        return true;
    }
}
