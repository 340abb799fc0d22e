using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Flags;

/// <summary>Gives the sample application its flags, if there is no flag at all.</summary>
internal sealed partial class StorefrontFlags(FlagService flags, FlagCatalog catalog, ILogger<StorefrontFlags> log) : IHostedService
{
    public const string Setting = "OpsConsole:Storefront:Enabled";

    public static IReadOnlyList<Flag> All { get; } =
    [
        Create("ml-recommendations", "Products recommended by the ML model", maxErrorRate: 5, maxLatency: 500, maxCpuUtilization: 90, shedOrder: 10),
        Create("collaborative-filtering", "Products recommended by what similar customers bought", maxErrorRate: 10, maxLatency: 800, shedOrder: 20),
        Create("advanced-pricing", "Personal prices and bundles", maxErrorRate: 5, maxLatency: 500, shedOrder: 30),
        Create("inventory-reservation", "Stock is reserved while an order is placed", maxErrorRate: 10, maxLatency: 1000, shedOrder: 40),
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!catalog.Loaded || !catalog.Flags.IsEmpty)
            {
                return;
            }

            foreach (var flag in All)
            {
                await flags.SaveAsync(flag, 0, Actors.Console, "The Storefront's flags", cancellationToken);
            }
        }
        catch (StoreUnavailableException problem)
        {
            LogNotSeeded(problem.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Flag Create(
        string key, string description, double maxErrorRate, double maxLatency, int shedOrder, double? maxCpuUtilization = null) => new()
        {
            Key = key,
            Description = description,
            Enabled = true,
            ShedOrder = shedOrder,
            Conditions = new()
            {
                Service = "storefront",
                MaxErrorRate = maxErrorRate,
                MaxLatency = maxLatency,
                MaxCpuUtilization = maxCpuUtilization,
                RecoverFor = TimeSpan.FromSeconds(10),
            },
        };

    [LoggerMessage(LogLevel.Warning, "The Storefront's flags could not be created: {Problem}")]
    private partial void LogNotSeeded(string problem);
}
