using Microsoft.AspNetCore.Diagnostics;

namespace OpsConsole.Shell.Auth;

/// <summary>Refuses a request with problem details; on OFREP's routes with an empty body, as its specification asks.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        if (context.Request.Path.StartsWithSegments("/ofrep", StringComparison.Ordinal))
        {
            if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return Task.CompletedTask;
        }

        return TypedResults.Problem(detail, statusCode: status, title: title).ExecuteAsync(context);
    }
}
