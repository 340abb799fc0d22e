using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using OpsConsole.Shell.Auth;

namespace OpsConsole.Shell.Security;

/// <summary>
/// Keeps other sites' pages from acting with an operator's cookie: a foreign <c>Origin</c> opens neither the hub nor the circuit and changes
/// nothing; and whatever a cookie changes brings an antiforgery token. API keys are not sent by browsers on their own and need neither.
/// </summary>
internal static class SameOrigin
{
    public static void UseForeignOriginRefusal(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (IsForeign(context.Request) && !MayBeForeign(context.Request))
        {
            await Refusal.WriteAsync(
                context,
                StatusCodes.Status403Forbidden,
                "Foreign origin",
                "Pages of other sites may not call the console. Open it by its own address.");
            return;
        }

        await next(context);
    });

    public static void UseAntiforgeryForCookies(this WebApplication app) => app.Use(async (context, next) =>
    {
        if (NeedsToken(context)
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context))
        {
            await Refusal.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "Antiforgery token missing",
                "Load the page again and repeat what you did; programs sign in with an API key instead of a cookie.");
            return;
        }

        await next(context);
    });

    private static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.Ordinal) && !IsSafe(request);
        }

        return !Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            || !string.Equals(uri.Authority, DefaultPortDropped(request), StringComparison.OrdinalIgnoreCase);
    }

    private static string DefaultPortDropped(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own) ? own.Authority : "";

    /// <summary>Reading is left to the browser's own rules (it cannot read the answer); OFREP has its own CORS setting.</summary>
    private static bool MayBeForeign(HttpRequest request) =>
        request.Path.StartsWithSegments("/ofrep", StringComparison.Ordinal)
        || (IsSafe(request)
            && !request.HttpContext.WebSockets.IsWebSocketRequest
            && !request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal)
            && !request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal));

    private static bool NeedsToken(HttpContext context) =>
        !IsSafe(context.Request)
        && string.Equals(
            context.User.Identity?.AuthenticationType, CookieAuthenticationDefaults.AuthenticationScheme, StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal);

    private static bool IsSafe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
}
