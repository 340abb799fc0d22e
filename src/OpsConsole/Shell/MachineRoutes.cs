namespace OpsConsole.Shell;

/// <summary>The routes that programs call: they get problem details where people get pages.</summary>
internal static class MachineRoutes
{
    private static readonly PathString[] Prefixes =
        ["/api", "/ofrep", "/v1", "/agents", "/hubs", "/replicas/v1", "/openapi", "/healthz", "/_blazor"];

    public static bool Contains(PathString path) =>
        Array.Exists(Prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal));
}
