using OpsConsole.Core.Timeline;
using OpsConsole.Features.Timeline.Journal;

namespace OpsConsole.Features.Timeline;

/// <summary>What the host adds for this feature.</summary>
internal static class TimelineFeature
{
    public static void AddTimeline(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<HaltJournal>();
        services.AddSingleton<IHaltJournal>(static provider => provider.GetRequiredService<HaltJournal>());
        services.AddHostedService<HaltJournalReplay>();
        services.AddSingleton<IIntentJournal, IntentJournal>();
        services.AddHostedService<ConsoleEvents>();
    }

    public static void MapTimeline(this WebApplication app) => app.MapTimelineEndpoints();
}
