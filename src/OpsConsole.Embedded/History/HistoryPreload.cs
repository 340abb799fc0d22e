using Microsoft.Extensions.Hosting;

namespace OpsConsole.Embedded.History;

/// <summary>
/// Reads the last day into memory once the console is up; its start and its readiness do not wait for it. Then it answers itself a
/// day, so that the first person who asks for one does not wait for the compiler.
/// </summary>
internal sealed class HistoryPreload(SqliteHealthHistory history, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private const int PointsOfAChart = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var up = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        history.Preload(stoppingToken);
        if (history.Services.FirstOrDefault() is { } service)
        {
            var now = time.GetUtcNow();
            await history.ReadAsync(service, now - TimeSpan.FromDays(1), now, PointsOfAChart, stoppingToken);
        }
    }
}
