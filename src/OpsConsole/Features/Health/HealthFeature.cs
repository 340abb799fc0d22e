namespace OpsConsole.Features.Health;

/// <summary>What the host adds for this feature.</summary>
internal static class HealthFeature
{
    public static void AddHealth(this WebApplicationBuilder builder) => _ = builder;

    public static void MapHealth(this WebApplication app) => _ = app;
}
