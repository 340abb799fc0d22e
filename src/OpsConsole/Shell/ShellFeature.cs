using OpsConsole.Api;
using OpsConsole.Core;
using OpsConsole.Core.Access;
using OpsConsole.Shell.Auth;
using OpsConsole.Shell.Layout;
using OpsConsole.Shell.Security;
using OpsConsole.Shell.Starting;

namespace OpsConsole.Shell;

/// <summary>What stands around every page: settings, sign-in, security headers, layout.</summary>
internal static class ShellFeature
{
    public static void AddShell(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        if (settings["urls"] is null && settings["http_ports"] is null)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        }

        settings["AllowedHosts"] = HostNames.Allowed(settings["AllowedHosts"]);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // The keys lie in the data directory, readable by whoever may read everything else in it: docs/operating.md says so.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var directory = Path.GetFullPath(settings["OpsConsole:DataDirectory"] ?? "data", builder.Environment.ContentRootPath);
        var shared = new SharedDirectory(Path.GetFullPath(settings["OpsConsole:SharedDirectory"] ?? directory, builder.Environment.ContentRootPath));
        Directory.CreateDirectory(directory);
        Directory.CreateDirectory(shared.Path);
        builder.Services.AddSingleton(new DataDirectory(directory));
        builder.Services.AddSingleton(shared);
        builder.Services.AddSingleton<DataDirectoryLock>();
        builder.Services.AddSingleton(new ConsoleEnvironment(settings["OpsConsole:Environment"] ?? "production"));
        builder.Services.AddSingleton(TimeProvider.System);

        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = StatusSentences.Add);
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi();
        builder.Services.AddAntiforgery(options => options.Cookie.Name = "opsconsole-antiforgery");
        builder.AddAuth(shared);
        builder.AddLayout();
    }

    public static void UseShell(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseWhen(
            context => MachineRoutes.Contains(context.Request.Path),
            machine =>
            {
                machine.UseExceptionHandler();
                machine.UseStatusCodePages();
            });
        app.UseWhen(context => !MachineRoutes.Contains(context.Request.Path), LayoutFeature.UseLayout);
        app.UseForeignOriginRefusal();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAntiforgeryForCookies();
        app.UseAuthorization();
        app.UseAntiforgery();
    }

    public static void MapShell(this WebApplication app)
    {
        app.MapLayout();
        app.MapSignIn();
        app.MapOpenApi().RequireAuthorization(AccessPolicies.View);
    }
}
