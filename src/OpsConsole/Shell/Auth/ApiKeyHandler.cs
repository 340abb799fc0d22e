using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace OpsConsole.Shell.Auth;

/// <summary>Signs a program in by <c>Authorization: Bearer</c> or <c>X-API-Key</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeys keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Header = "X-API-Key";
    private const string Bearer = "Bearer ";

    /// <summary>The key that a request brings, if any. A hub's client in a browser can only send it in the query.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (request.Headers[Header] is [{ Length: > 0 } key])
        {
            return key;
        }

        if (request.Headers.Authorization is [{ } authorization]
            && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        return request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal) && request.Query["access_token"] is [{ Length: > 0 } token]
            ? token
            : null;
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } key)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (keys.Find(key) is not { } holder)
        {
            return Task.FromResult(AuthenticateResult.Fail("The API key is not known."));
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, holder.Name), new Claim(ClaimTypes.Role, holder.Role)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Refusal.WriteAsync(
            Context,
            StatusCodes.Status401Unauthorized,
            "Sign in first",
            $"Send an API key as “Authorization: Bearer …” or “{Header}: …” (setting {AuthOptions.Section}:ApiKeys).");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Refusal.WriteAsync(
            Context,
            StatusCodes.Status403Forbidden,
            "Not allowed",
            $"“{Context.User.Identity?.Name}” may not do this. It asks for a key with another role.");
}
