using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Access;

namespace OpsConsole.Shell.Auth;

/// <summary>Sign-in: a cookie for people, keys for programs, four policies. It cannot be switched off.</summary>
internal static class AuthFeature
{
    private const string Either = "CookieOrKey";
    private const string Key = "ApiKey";
    private const string Replica = "Replica";

    public static void AddAuth(this WebApplicationBuilder builder, SharedDirectory directory)
    {
        builder.Services.AddOptions<AuthOptions>().BindConfiguration(AuthOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidator>();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<IApplicationKeys>(services => services.GetRequiredService<ApiKeys>());
        builder.Services.AddSingleton<ReplicaTokens>();
        builder.Services.AddSingleton<SignInLinks>();
        builder.Services.AddSingleton<SignInLinkPrinter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<SignInLinkPrinter>());

        // Kept on disk, so that a restarted console does not sign everybody out in the middle of an incident.
        builder.Services.AddDataProtection()
            .SetApplicationName("OpsConsole")
            .PersistKeysToFileSystem(new DirectoryInfo(directory.File("keys")));

        builder.Services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, scheme => scheme.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey(ReplicaTokens.Header) ? Replica
                : ApiKeyHandler.KeyOf(context.Request) is not null || (MachineRoutes.Contains(context.Request.Path) && !HasCookie(context.Request))
                    ? Key
                    : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(Key, null)
            .AddScheme<AuthenticationSchemeOptions, ReplicaTokenHandler>(Replica, null)
            .AddCookie();
        builder.Services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<IOptions<AuthOptions>>(Configure);

        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.View, policy => policy.RequireRole(
                AccessRoles.Viewer, AccessRoles.Operator, AccessRoles.Admin, AccessRoles.Application))
            .AddPolicy(AccessPolicies.Report, policy => policy.RequireRole(
                AccessRoles.Application, AccessRoles.Operator, AccessRoles.Admin))
            .AddPolicy(AccessPolicies.Operate, policy => policy.RequireRole(AccessRoles.Operator, AccessRoles.Admin))
            .AddPolicy(AccessPolicies.Administer, policy => policy.RequireRole(AccessRoles.Admin))
            .AddPolicy(AccessPolicies.Replicate, policy => policy.RequireRole(AccessRoles.Replica))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole(
                AccessRoles.Viewer, AccessRoles.Operator, AccessRoles.Admin, AccessRoles.Application).Build());
        builder.Services.AddCascadingAuthenticationState();
    }

    private static void Configure(CookieAuthenticationOptions cookie, IOptions<AuthOptions> options)
    {
        cookie.Cookie.Name = CookieName;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = options.Value.SessionLength;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = "/login";
        cookie.ReturnUrlParameter = "returnUrl";
        cookie.AccessDeniedPath = "/access-denied";
        cookie.Events.OnRedirectToLogin = context => RedirectPeople(
            context, StatusCodes.Status401Unauthorized, "Sign in first", "The session is over. Sign in again.");
        cookie.Events.OnRedirectToAccessDenied = context => RedirectPeople(
            context, StatusCodes.Status403Forbidden, "Not allowed", $"“{context.HttpContext.User.Identity?.Name}” may not do this.");
    }

    private static Task RedirectPeople(RedirectContext<CookieAuthenticationOptions> context, int status, string title, string detail)
    {
        if (MachineRoutes.Contains(context.Request.Path))
        {
            return Refusal.WriteAsync(context.HttpContext, status, title, detail);
        }

        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    private const string CookieName = "opsconsole";

    private static bool HasCookie(HttpRequest request) => request.Cookies.ContainsKey(CookieName);
}
