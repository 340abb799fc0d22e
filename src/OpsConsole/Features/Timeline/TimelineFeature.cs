namespace OpsConsole.Features.Timeline;

/// <summary>What the host adds for this feature.</summary>
internal static class TimelineFeature
{
    public static void AddTimeline(this WebApplicationBuilder builder) => builder.Services.AddHostedService<ConsoleEvents>();

    public static void MapTimeline(this WebApplication app) => app.MapTimelineEndpoints();
}
