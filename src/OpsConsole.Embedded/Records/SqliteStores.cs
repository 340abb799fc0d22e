using Microsoft.AspNetCore.Builder;

namespace OpsConsole.Embedded;

internal static class SqliteStores
{
    public static void AddSqliteStores(this WebApplicationBuilder builder) => _ = builder;
}
