using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Embedded.History;

/// <summary>Writes the history to disk every two seconds: that is what a killed console loses at most.</summary>
internal sealed partial class HistoryWriter(SqliteHealthHistory history, TimeProvider time, ILogger<HistoryWriter> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                history.Flush();
            }
            catch (Exception exception)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The history could not be written this time.")]
    private partial void LogFailed(Exception exception);
}
