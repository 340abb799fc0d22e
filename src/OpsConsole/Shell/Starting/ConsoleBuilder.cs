namespace OpsConsole.Shell.Starting;

/// <summary>The host: the slim one, which starts sooner, and what the console needs beyond it.</summary>
internal static class ConsoleBuilder
{
    /// <summary>The one place where the slim host looks for this before it reads its settings.</summary>
    private const string WatchSettings = "DOTNET_hostBuilder__reloadConfigOnChange";

    public static WebApplicationBuilder Create(string[] args)
    {
        // Settings are read once: a console that took up some of them while it runs would follow neither the old nor the new ones.
        Environment.SetEnvironmentVariable(WatchSettings, "false");
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.UseKestrelHttpsConfiguration();
        // For Logging:Console:FormatterName=json; the slim host has one format only.
        builder.Logging.AddConsole();
        return builder;
    }
}
