using OpsConsole.Core;

namespace OpsConsole.Shell;

/// <summary>What stands around every page: settings, sign-in, security headers, layout.</summary>
internal static class ShellFeature
{
    public static void AddShell(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration;
        settings["urls"] ??= "http://127.0.0.1:5080";

        var directory = Path.GetFullPath(settings["OpsConsole:DataDirectory"] ?? "data", builder.Environment.ContentRootPath);
        Directory.CreateDirectory(directory);
        builder.Services.AddSingleton(new DataDirectory(directory));
        builder.Services.AddSingleton(new ConsoleEnvironment(settings["OpsConsole:Environment"] ?? "production"));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddProblemDetails();
    }

    public static void UseShell(this WebApplication app) => _ = app;

    public static void MapShell(this WebApplication app) => app.MapGet("/", () => "OpsConsole");
}
