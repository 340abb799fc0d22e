using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Looks at every run at every look at health, and once a second without one. One run never holds up another, and one bad look never ends
/// the loop. What an earlier console left behind is closed or gone on with; what nobody owns is halted.
/// </summary>
internal sealed partial class RunSupervisor(
    RunBook book,
    RunSteps steps,
    Halts halts,
    Aborts aborts,
    Adoption adoption,
    EngineCalls engine,
    SafetyLevers levers,
    SampleRings samples,
    HealthFeed health,
    IRecordStore store,
    IHaltJournal journal,
    SupervisorWake wake,
    TimeProvider time,
    ILogger<RunSupervisor> logger) : BackgroundService
{
    private static readonly TimeSpan OrphanCheck = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _orphans = new(StringComparer.Ordinal);
    private DateTimeOffset _orphansChecked;
    private bool _adopted;
    private Task _upkeep = Task.CompletedTask;

    /// <summary>Done when nothing that a look began is under way.</summary>
    public async Task SettledAsync()
    {
        while (_steps.Values.Append(_upkeep).Where(task => !task.IsCompleted).ToList() is { Count: > 0 } underWay)
        {
            await Task.WhenAll(underWay);
        }
    }

    /// <summary>One look. Returns at once; what it begins goes on by itself.</summary>
    public void Look(CancellationToken cancellationToken)
    {
        samples.Take(health.Current, book.Now.Active.Select(run => run.Experiment.Service).ToImmutableHashSet(StringComparer.Ordinal));
        if (_upkeep.IsCompleted)
        {
            _upkeep = SafelyAsync("upkeep", UpkeepAsync, cancellationToken);
        }

        if (!_adopted)
        {
            return;
        }

        foreach (var run in book.Now.Active)
        {
            if (!_steps.TryGetValue(run.Id, out var step) || step.IsCompleted)
            {
                _steps[run.Id] = SafelyAsync(run.Id, token => steps.StepAsync(run.Id, token), cancellationToken);
            }
        }

        foreach (var (id, _) in _steps.Where(step => step.Value.IsCompleted && book.Now.Active.All(run => run.Id != step.Key)))
        {
            _steps.TryRemove(id, out _);
        }
    }

    /// <summary>Ends what still runs, so that a console that goes down in order leaves nothing to expire. What recovers is left to the next console.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var left = book.Now.Active.Where(run => run.State is RunState.Starting or RunState.Running or RunState.Halting).ToList();
        await Task.WhenAll(left.Select(run => run.State == RunState.Halting
            ? halts.StopAndProveAsync(run.Id)
            : aborts.AbortAsync(run.Id, "The console was shut down while it ran.")));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var watching = WatchHealthAsync(stoppingToken);
        var ticking = TickAsync(timer, stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Look(stoppingToken);
                await wake.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Task.WhenAll(watching, ticking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await SettledAsync().WaitAsync(TimeSpan.FromSeconds(2), time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchHealthAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in health.WatchAsync(cancellationToken))
        {
            wake.Set();
        }
    }

    private async Task TickAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            wake.Set();
        }
    }

    private async Task UpkeepAsync(CancellationToken cancellationToken)
    {
        if (!_adopted)
        {
            await AdoptAsync(cancellationToken);
            return;
        }

        await book.CatchUpAsync();
        await levers.CatchUpAsync();
        var now = time.GetUtcNow();
        if (now - _orphansChecked >= OrphanCheck)
        {
            _orphansChecked = now;
            await HaltOrphansAsync(now, cancellationToken);
        }
    }

    private async Task AdoptAsync(CancellationToken cancellationToken)
    {
        levers.Restore();
        try
        {
            var runs = await store.ListAsync(ExperimentRecords.Runs, cancellationToken);
            var lever = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, cancellationToken);
            var mine = book.Now.Active.Select(run => run.Id).ToHashSet(StringComparer.Ordinal);
            book.Load(runs, lever?.Value);
            await Task.WhenAll(book.Now.Active.Where(run => !mine.Contains(run.Id)).Select(run => adoption.TakeOverAsync(run, cancellationToken)));
            _adopted = true;
            wake.Set();
        }
        catch (StoreUnavailableException exception)
        {
            LogNotAdopted(logger, exception.Message);
        }
    }

    private async Task HaltOrphansAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var id in await engine.ActiveRunsAsync(cancellationToken) ?? [])
        {
            var known = book.Find(id);
            if (known is { IsOver: false } || now - known?.EndedAt < engine.LeaseDuration)
            {
                continue;
            }

            await engine.StopAsync(id);
            if (_orphans.Count < 1000 && _orphans.TryAdd(id, now))
            {
                LogOrphan(logger, id);
                await journal.WriteAsync(new TimelineEvent
                {
                    Actor = Actors.Supervisor,
                    Kind = TimelineKinds.RunHalting,
                    Subject = Subjects.Run(id),
                    Reason = "An instance reports a fault of a run that nobody owns; it was ordered to end.",
                });
            }
        }
    }

    private async Task SafelyAsync(string what, Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogBadLook(logger, what, exception);
        }
        catch (OperationCanceledException)
        {
            // The console is going down; StopAsync closes what runs.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A look at {What} failed; the next one follows")]
    private static partial void LogBadLook(ILogger logger, string what, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Runs could not be read yet; no run starts until they are: {Problem}")]
    private static partial void LogNotAdopted(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Halted run {Run}, which nobody owns")]
    private static partial void LogOrphan(ILogger logger, string run);
}
