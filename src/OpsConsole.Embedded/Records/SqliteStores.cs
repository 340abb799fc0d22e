using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.Records;

namespace OpsConsole.Embedded;

internal static class SqliteStores
{
    public static void AddSqliteStores(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(static provider => RecordSchema.In(provider.GetRequiredService<DataDirectory>().Path));
        services.AddSingleton<TimelineFeed>();
        services.AddSingleton<TimelinePublisher>();
        services.AddSingleton<RecordDatabase>();
        services.AddSingleton<IRecordStore, SqliteRecordStore>();
        services.AddSingleton<ITimeline, SqliteTimeline>();
        services.AddHostedService<TimelineWatch>();

        services.AddSingleton<HaltJournal>();
        services.AddSingleton<IHaltJournal>(static provider => provider.GetRequiredService<HaltJournal>());
        services.AddHostedService<HaltJournalReplay>();
    }
}
