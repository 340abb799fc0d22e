using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OpsConsole.Core.Access;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Shell.Auth;

/// <summary>Signing in by the one-time link or by an API key, the name on the timeline, signing out.</summary>
internal static class SignInEndpoints
{
    private const int LongestName = 80;

    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet("/signin", UseLinkAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/login", UseFormAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/account/name", ChangeNameAsync).RequireAuthorization(AccessPolicies.View).ExcludeFromDescription();
        app.MapPost("/signout", (Delegate)SignOutAsync).RequireAuthorization(AccessPolicies.View).ExcludeFromDescription();
    }

    private static async Task<RedirectHttpResult> UseLinkAsync(
        HttpContext context, [FromQuery] string? t, [FromQuery] string? returnUrl, SignInLinks links, SignInLinkPrinter printer, [FromServices] ITimeline timeline)
    {
        if (!await links.TryUseAsync(t, context.RequestAborted))
        {
            return TypedResults.LocalRedirect(
                context.User.Identity?.IsAuthenticated == true ? "/" : "/login?problem=link");
        }

        printer.Print();
        await SignInAsync(context, "operator", AccessRoles.Admin, "one-time link", timeline);
        return TypedResults.LocalRedirect(Local(returnUrl));
    }

    private static async Task<RedirectHttpResult> UseFormAsync(
        HttpContext context,
        [FromForm] string? secret,
        [FromForm] string? name,
        [FromForm] string? returnUrl,
        SignInLinks links,
        SignInLinkPrinter printer,
        ApiKeys keys,
        [FromServices] ITimeline timeline)
    {
        var given = Cut(name);
        if (await links.TryUseAsync(secret?.Trim(), context.RequestAborted))
        {
            printer.Print();
            await SignInAsync(context, given.Length > 0 ? given : "operator", AccessRoles.Admin, "one-time token", timeline);
            return TypedResults.LocalRedirect(Local(returnUrl));
        }

        if (secret is { Length: > 0 } && keys.Find(secret.Trim()) is { } holder)
        {
            var shown = given.Length == 0 || string.Equals(given, holder.Name, StringComparison.OrdinalIgnoreCase)
                ? holder.Name
                : $"{given} ({holder.Name})";
            await SignInAsync(context, shown, holder.Role, "API key", timeline);
            return TypedResults.LocalRedirect(Local(returnUrl));
        }

        return TypedResults.LocalRedirect($"/login?problem=secret&returnUrl={Uri.EscapeDataString(Local(returnUrl))}");
    }

    private static async Task<RedirectHttpResult> ChangeNameAsync(HttpContext context, [FromForm] string? name)
    {
        var given = Cut(name);
        if (given.Length == 0)
        {
            return TypedResults.LocalRedirect("/account?problem=name");
        }

        var role = context.User.FindFirstValue(ClaimTypes.Role) ?? AccessRoles.Viewer;
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Person(given, role));
        return TypedResults.LocalRedirect("/account?saved=1");
    }

    private static async Task<RedirectHttpResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect("/login");
    }

    private static async Task SignInAsync(HttpContext context, string name, string role, string by, ITimeline timeline)
    {
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Person(name, role));
        try
        {
            await timeline.AppendAsync(
                new TimelineEvent { Actor = name, Kind = TimelineKinds.SignedIn, Subject = Subjects.Console, Reason = $"Signed in by {by}" }
                    .With("role", role),
                context.RequestAborted);
        }
        catch (StoreUnavailableException problem)
        {
            // Whoever comes to mend a full disk, or to halt a run beside it, must get in.
            SignInLog.NotOnTimeline(context.RequestServices.GetRequiredService<ILogger<SignInLinks>>(), problem, name);
        }
    }

    private static ClaimsPrincipal Person(string name, string role) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], CookieAuthenticationDefaults.AuthenticationScheme));

    private static string Cut(string? name)
    {
        var clean = new string([.. (name ?? "").Where(c => !char.IsControl(c))]).Trim();
        return clean.Length <= LongestName ? clean : clean[..LongestName];
    }

    private static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && Uri.IsWellFormedUriString(url, UriKind.Relative) ? url : "/";
}

internal static partial class SignInLog
{
    [LoggerMessage(LogLevel.Warning, "{Name} signed in, but the timeline could not be written")]
    public static partial void NotOnTimeline(ILogger logger, Exception problem, string name);
}
