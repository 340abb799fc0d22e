using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Flags.Gates;

/// <summary>Keeps the decisions live: decides anew with every look at health, every change of a flag, and once a second whatever happens.</summary>
internal sealed partial class FlagGates(
    FlagCatalog catalog,
    FlagDecider decider,
    ShedLog shedLog,
    HealthFeed health,
    FlagFeed feed,
    ChangeHints hints,
    TimeProvider clock,
    ILogger<FlagGates> log)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Lock _deciding = new();
    private FlagBoard _board = FlagBoard.Empty;
    private bool _storeIsGone;

    /// <summary>The newest decisions; made anew if nobody made them for two ticks, so that a stuck loop serves nothing old.</summary>
    public FlagBoard Board
    {
        get
        {
            var board = Volatile.Read(ref _board);
            return catalog.Loaded && clock.GetElapsedTime(board.DecidedAt) > Tick * 2 ? DecideNow() : board;
        }
    }

    /// <summary>Whether the flags are known, so that an answer about them is one.</summary>
    public bool Ready => catalog.Loaded && Volatile.Read(ref _board).Snapshot.Version != 0;

    /// <summary>Decides from what is known now, and publishes it.</summary>
    public FlagBoard DecideNow()
    {
        lock (_deciding)
        {
            var board = decider.Decide([.. catalog.Flags.Values], catalog.Pending, health.Current, shedLog.Past);
            Volatile.Write(ref _board, board);
            shedLog.Note(board.Snapshot);
            feed.Publish(board.Snapshot);
            return board;
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        LoopAsync(FollowHealthAsync, stoppingToken),
        LoopAsync(FollowStoreAsync, stoppingToken),
        LoopAsync(shedLog.WriteAsync, stoppingToken));

    /// <summary>One bad turn is logged and ends nothing.</summary>
    private async Task LoopAsync(Func<CancellationToken, Task> turn, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await turn(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error);
                await Task.Delay(Tick, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task FollowHealthAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in health.WatchAsync(stoppingToken))
        {
            if (catalog.Loaded)
            {
                DecideNow();
            }
        }
    }

    private async Task FollowStoreAsync(CancellationToken stoppingToken)
    {
        using var timer = new HintedTimer(Tick, clock);
        hints.Listen(FlagRecords.Flags.Name, _ => timer.Tick());
        while (true)
        {
            await timer.WaitAsync(stoppingToken);
            await RefreshAsync(stoppingToken);
        }
    }

    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var before = catalog.Flags;
        try
        {
            await catalog.RefreshAsync(cancellationToken);
            if (!catalog.Loaded)
            {
                await shedLog.LoadAsync(catalog.Flags.Values.Select(stored => stored.Value), cancellationToken);
                catalog.Open();
            }

            await shedLog.CatchUpAsync(cancellationToken);
            if (_storeIsGone)
            {
                _storeIsGone = false;
                LogStoreBack();
            }
        }
        catch (StoreUnavailableException problem)
        {
            if (!_storeIsGone)
            {
                _storeIsGone = true;
                LogStoreGone(problem.Message);
            }
        }

        // Most looks at health have decided just now; this is for when nobody looks.
        if (catalog.Loaded && (!ReferenceEquals(before, catalog.Flags) || clock.GetElapsedTime(Volatile.Read(ref _board).DecidedAt) > Tick * 0.9))
        {
            DecideNow();
        }
    }

    [LoggerMessage(LogLevel.Error, "Flags could not be decided this time; they are tried again in a second.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "The store of flags cannot be read: {Problem} Flags go on being decided from what is known.")]
    private partial void LogStoreGone(string problem);

    [LoggerMessage(LogLevel.Information, "The store of flags can be read again.")]
    private partial void LogStoreBack();
}
