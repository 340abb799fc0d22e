using System.Collections.Concurrent;
using System.Collections.Immutable;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Replicas;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>
/// Looks at every run at every look at health, and once a second without one. One run never holds up another, and one bad look never ends
/// the loop. What an earlier console left behind is closed or gone on with; what nobody owns is halted. Only the leader does any of it: the
/// other replicas look on, so that they know what there is to take over.
/// </summary>
internal sealed partial class RunSupervisor(
    RunBook book,
    RunRecords records,
    RunSteps steps,
    Halts halts,
    Aborts aborts,
    Adoption adoption,
    EngineCalls engine,
    SafetyLevers levers,
    SecondLevers secondLevers,
    ForeignRuns foreign,
    SampleRings samples,
    HealthFeed health,
    IRecordStore store,
    IHaltJournal journal,
    SupervisorWake wake,
    RunSlots slots,
    Leadership leadership,
    ReplicaIdentity self,
    ReplicaFeed replicas,
    TimeProvider time,
    ILogger<RunSupervisor> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan OrphanCheck = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Task> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _orphans = new(StringComparer.Ordinal);
    private DateTimeOffset _orphansChecked;
    private long _adoptedTerm;
    private Task _upkeep = Task.CompletedTask;
    private Task? _ended;

    /// <summary>Whether this replica leads and has taken over what the leader before it left.</summary>
    private bool HasTakenOver => leadership.Term is > 0 and var term && term == _adoptedTerm && _ended is null;

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

        if (!HasTakenOver)
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

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Comes before the lease is given back.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _ended ??= EndAsync();

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await StoppingAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
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

    /// <summary>
    /// Ends what still runs, so that a console that goes down in order leaves nothing to expire. What recovers, and what goes on without a
    /// console, is left to the next leader.
    /// </summary>
    private async Task EndAsync()
    {
        if (!leadership.IsLeader)
        {
            return;
        }

        await SettledAsync().WaitAsync(TimeSpan.FromSeconds(2), time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(book.Now.Active.Select(run => run.State switch
        {
            RunState.Halting => halts.StopAndProveAsync(run.Id),
            RunState.Starting or RunState.Running when !IsLeftToAnother(run) => aborts.AbortAsync(run.Id, "The console was shut down while it ran."),
            _ => Task.CompletedTask,
        }));
    }

    /// <summary>What goes on without this console: at another replica, or because it never was this console's.</summary>
    private bool IsLeftToAnother(Run run) => run.StartedElsewhere || (engine.OutlivesLeader(run) && !replicas.IsAlone);

    private async Task UpkeepAsync(CancellationToken cancellationToken)
    {
        if (leadership.Term is > 0 and var term ? term != _adoptedTerm : !book.IsLoaded)
        {
            await AdoptAsync(leadership.Term, cancellationToken);
            return;
        }

        await records.CatchUpAsync();
        await levers.CatchUpAsync();
        await secondLevers.FollowAsync(cancellationToken);
        if (!HasTakenOver)
        {
            return;
        }

        var now = time.GetUtcNow();
        if (now - _orphansChecked >= OrphanCheck)
        {
            _orphansChecked = now;
            await HaltOrphansAsync(now, cancellationToken);
            await foreign.LookAsync(cancellationToken);
        }
    }

    /// <summary>Reads what there is, and in a new term takes it over.</summary>
    private async Task AdoptAsync(long term, CancellationToken cancellationToken)
    {
        levers.Restore();
        try
        {
            var runs = await store.ListAsync(ExperimentRecords.Runs, cancellationToken);
            var lever = await store.GetAsync(ExperimentRecords.Lever, ExperimentRecords.LeverId, cancellationToken);
            var taken = term > 0 ? await slots.ListAsync(cancellationToken) : new Dictionary<string, RunSlot>(StringComparer.Ordinal);
            book.Load(runs, lever);
            foreach (var stored in runs.Where(stored => !stored.Value.IsOver))
            {
                book.Take(stored);
            }

            if (term > 0)
            {
                await Task.WhenAll(book.Now.Active.Select(run =>
                    adoption.TakeOverAsync(run, taken.GetValueOrDefault(run.Experiment.Service), Lives, cancellationToken)));
                _adoptedTerm = term;
            }

            wake.Set();
        }
        catch (StoreUnavailableException exception)
        {
            LogNotAdopted(logger, exception.Message);
        }
    }

    private bool Lives(string replica) => replica == self.Id || replicas.Current.Others.Any(other => other.Id == replica);

    private async Task HaltOrphansAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (id, linger) in await engine.ActiveRunsAsync(cancellationToken, sharedToo: false))
        {
            var known = book.Find(id);
            if (known is { IsOver: false } || now - known?.EndedAt < linger)
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
