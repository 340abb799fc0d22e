namespace OpsConsole.Shell.Starting;

/// <summary>What of the usual host the console needs beyond the slim one, which starts sooner.</summary>
internal static class HostingFeature
{
    public static void AddHosting(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        // For Logging:Console:FormatterName=json; the slim host has one format only.
        builder.Logging.AddConsole();
    }
}
