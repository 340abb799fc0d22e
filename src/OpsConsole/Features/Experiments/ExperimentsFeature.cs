namespace OpsConsole.Features.Experiments;

/// <summary>What the host adds for this feature.</summary>
internal static class ExperimentsFeature
{
    public static void AddExperiments(this WebApplicationBuilder builder) => _ = builder;

    public static void MapExperiments(this WebApplication app) => _ = app;
}
