namespace OpsConsole.Shell.Starting;

/// <summary>The host: the slim one, which starts sooner, and what the console needs beyond it.</summary>
internal static class ConsoleBuilder
{
    /// <summary>Settings are read once, at the start: a console that took up some of them while it runs would follow neither the old nor the new ones.</summary>
    private const string SettingsAreReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder([SettingsAreReadOnce, .. args]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        // For Logging:Console:FormatterName=json; the slim host has one format only.
        builder.Logging.AddConsole();
        return builder;
    }
}
