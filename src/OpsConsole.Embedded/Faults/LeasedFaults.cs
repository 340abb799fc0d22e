using Microsoft.AspNetCore.Builder;

namespace OpsConsole.Embedded;

internal static class LeasedFaults
{
    public static void AddLeasedFaults(this WebApplicationBuilder builder) => _ = builder;

    public static void MapFaultAgents(this WebApplication app) => _ = app;
}
