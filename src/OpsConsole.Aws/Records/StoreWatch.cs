using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Aws.Records;

/// <summary>
/// Looks once a second, and after each hint, whether another console has appended to the timeline, and moves the events that were left in items.
/// </summary>
internal sealed partial class StoreWatch(TimelineChain chain, OutboxMover mover, ChangeHints hints, TimeProvider time, ILogger<StoreWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    /// <summary>The timeline's end is known before anything else of the console starts, if the store can be read.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(chain.RefreshAsync, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        FollowAsync(stoppingToken),
        SweepAsync(stoppingToken),
        MoveQueuedAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        using var timer = new HintedTimer(Tick, time);
        hints.Listen(ChangeHints.Timeline, _ => timer.Tick());
        while (true)
        {
            await timer.WaitAsync(stoppingToken);
            await LookAsync(chain.RefreshAsync, stoppingToken);
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await LookAsync(mover.SweepAsync, stoppingToken);
        }
    }

    private async Task MoveQueuedAsync(CancellationToken stoppingToken)
    {
        await foreach (var seen in mover.Queued.ReadAllAsync(stoppingToken))
        {
            await LookAsync(_ => mover.MoveAsync(seen), stoppingToken);
        }
    }

    private async Task LookAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        try
        {
            await work(stoppingToken);
        }
        catch (StoreUnavailableException)
        {
            // It is logged once, where it arose, and shown until it is over; the next look tries again.
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "The store could not be looked at this time.")]
    private partial void LogFailed(Exception exception);
}
