namespace OpsConsole.Shell;

/// <summary>What stands around every page: settings, sign-in, security headers, layout.</summary>
internal static class ShellFeature
{
    public static void AddShell(this WebApplicationBuilder builder) => _ = builder;

    public static void UseShell(this WebApplication app) => _ = app;

    public static void MapShell(this WebApplication app) => app.MapGet("/", () => "OpsConsole");
}
