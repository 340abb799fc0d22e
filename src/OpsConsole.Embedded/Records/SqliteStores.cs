using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.History;
using OpsConsole.Embedded.Records;
using OpsConsole.Embedded.Replicas;

namespace OpsConsole.Embedded;

internal static class SqliteStores
{
    public static void AddSqliteRecords(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(static provider => RecordSchema.In(provider.GetRequiredService<SharedDirectory>().Path));
        services.AddSingleton<TimelineFeed>();
        services.AddSingleton<TimelinePublisher>();
        services.AddSingleton<RecordDatabase>();
        services.AddSingleton<IRecordStore, SqliteRecordStore>();
        services.AddSingleton<ITimeline, SqliteTimeline>();
        services.AddHostedService<TimelineWatch>();
        services.AddSingleton<IReplicaWitness, ReplicaLocks>();
        services.AddSingleton<ICellStore>(static provider =>
            new SqliteCellStore(SqliteCellStore.FileIn(provider.GetRequiredService<SharedDirectory>().Path)));
    }

    public static void AddSqliteHistory(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(static provider => new SqliteHealthHistory(
            HistoryFile.In(provider.GetRequiredService<DataDirectory>().Path),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqliteHealthHistory>>()));
        services.AddSingleton<IHealthHistory>(static provider => provider.GetRequiredService<SqliteHealthHistory>());
        services.AddHostedService<HistoryWriter>();
        services.AddHostedService<HistoryPreload>();
    }
}
