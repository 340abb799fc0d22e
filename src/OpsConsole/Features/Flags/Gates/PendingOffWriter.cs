using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags.Gates;

/// <summary>Writes the OFFs that went ahead of the store as soon as it can be written again.</summary>
internal sealed partial class PendingOffWriter(FlagCatalog catalog, FlagService flags, TimeProvider clock, ILogger<PendingOffWriter> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (!catalog.Pending.IsEmpty)
                {
                    await flags.WritePendingAsync(stoppingToken);
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(error, error is StoreUnavailableException ? "the store is unavailable" : "unexpected");
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A flag that was turned OFF could not be written yet ({Problem}); it is served OFF.")]
    private partial void LogFailed(Exception error, string problem);
}
