using Microsoft.AspNetCore.Builder;

namespace OpsConsole.Embedded;

/// <summary>The default backend: SQLite records, OTLP health, leased faults in applications.</summary>
public static class EmbeddedBackend
{
    /// <summary>Adds all of the ports' adapters.</summary>
    /// <param name="builder">The console.</param>
    public static void AddEmbeddedBackend(this WebApplicationBuilder builder)
    {
        builder.AddSqliteRecords();
        builder.AddEmbeddedSignals();
    }

    /// <summary>Adds health, its history and faults, for a console whose records are kept elsewhere.</summary>
    /// <param name="builder">The console.</param>
    public static void AddEmbeddedSignals(this WebApplicationBuilder builder)
    {
        builder.AddSqliteHistory();
        builder.AddOtlpHealth();
        builder.AddLeasedFaults();
    }

    /// <summary>Maps the backend's own endpoints: metrics in, fault agents.</summary>
    /// <param name="app">The console.</param>
    public static void MapEmbeddedBackend(this WebApplication app)
    {
        app.MapOtlp();
        app.MapFaultAgents();
    }
}
