namespace OpsConsole.Features.Timeline.Journal;

/// <summary>Tries once a second to write what waits in the journal into the timeline.</summary>
internal sealed partial class HaltJournalReplay(HaltJournal journal, TimeProvider time, ILogger<HaltJournalReplay> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        do
        {
            try
            {
                await journal.ReplayAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Error, "The journal could not be replayed now.")]
    private partial void LogFailed(Exception exception);
}
