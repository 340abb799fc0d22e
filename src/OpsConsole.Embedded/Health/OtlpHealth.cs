using Microsoft.AspNetCore.Builder;

namespace OpsConsole.Embedded;

internal static class OtlpHealth
{
    public static void AddOtlpHealth(this WebApplicationBuilder builder) => _ = builder;

    public static void MapOtlp(this WebApplication app) => _ = app;
}
