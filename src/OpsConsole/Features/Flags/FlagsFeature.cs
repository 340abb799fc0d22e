namespace OpsConsole.Features.Flags;

/// <summary>What the host adds for this feature.</summary>
internal static class FlagsFeature
{
    public static void AddFlags(this WebApplicationBuilder builder) => _ = builder;

    public static void MapFlags(this WebApplication app) => _ = app;
}
