using System.Threading.Channels;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>Sends viewers what is new, whenever a feed has something new.</summary>
internal sealed partial class HubPump(
    HealthFeed health,
    FlagFeed flags,
    RunFeed runs,
    TimelineFeed timeline,
    StoreConditionFeed store,
    Outbox outbox,
    ViewerFanout fanout,
    TimeProvider time,
    ILogger<HubPump> log)
    : BackgroundService
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    private readonly Lock _gate = new();

    /// <summary>Told when a group of viewers starts to be served; for measuring.</summary>
    internal Action<int>? SliceStarts { get; set; }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Refresh();
        return Task.WhenAll(
            WatchAsync(health.WatchAsync(stoppingToken), _ => Refresh() || true),
            WatchAsync(flags.WatchAsync(stoppingToken), _ => Refresh()),
            WatchAsync(runs.WatchAsync(stoppingToken), _ => Refresh()),
            WatchAsync(timeline.WatchAsync(stoppingToken), _ => Refresh()),
            SweepAsync(stoppingToken));
    }

    private async Task WatchAsync<T>(IAsyncEnumerable<T> feed, Func<T, bool> take)
    {
        await foreach (var snapshot in feed)
        {
            if (take(snapshot))
            {
                _wake.Writer.TryWrite(true);
            }
        }
    }

    private bool Refresh()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var head = timeline.Current;
            var lever = runs.Current.Lever;
            var status = new ConsoleStatus(
                WireTime.Write(now),
                flags.Current.Flags.Values.Count(flag => flag.Shed),
                runs.Current.Active.Count,
                lever.Engaged,
                lever.Actor,
                lever.Reason,
                store.Current is var condition && condition.Lasts(now) ? condition.Sentence : "",
                head.Sequence);
            return outbox.Take(status) | outbox.Take(head);
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await fanout.SweepAsync(SliceStarts, stoppingToken);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                SweepFailed(problem);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Viewers could not be served; the next look tries again.")]
    private partial void SweepFailed(Exception problem);
}
