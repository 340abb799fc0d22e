using System.Collections.Concurrent;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>
/// Keeps executions as the other replicas see them, and on the leader carries them on. What another replica wrote is known by its event on the
/// timeline; should one be missed, everything is read anew once a minute.
/// </summary>
internal sealed partial class RunbookFollower(
    IRunbookEngine engine,
    RunbookBook book,
    RunbookSteps steps,
    RunbookWake wake,
    TimelineFeed timeline,
    Leadership leadership,
    TimeProvider time,
    ILogger<RunbookFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadAllEvery = TimeSpan.FromMinutes(1);
    private static readonly string Prefix = Subjects.Runbook("");

    private readonly ConcurrentDictionary<string, Task> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _unwritten = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private long _readAt;
    private long _sequence;
    private bool _failing;

    /// <summary>One look. Returns when the store was looked at; what it begins with executions goes on by itself.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        book.Looked();
        if (!leadership.IsLeader)
        {
            return;
        }

        foreach (var execution in book.Active)
        {
            if (!_steps.TryGetValue(execution.Id, out var step) || step.IsCompleted)
            {
                _steps[execution.Id] = SafelyAsync(execution, cancellationToken);
            }
        }

        foreach (var (id, _) in _steps.Where(step => step.Value.IsCompleted && book.Active.All(execution => execution.Id != step.Key)))
        {
            _steps.TryRemove(id, out _);
            steps.Forget(id);
        }
    }

    /// <summary>Done when nothing that a look began is under way.</summary>
    public Task SettledAsync() => Task.WhenAll(_steps.Values);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (engine is NoRunbooks)
        {
            return;
        }

        await Task.Yield();
        using var timer = new HintedTimer(Interval, time);
        wake.Listen(timer.Tick);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailing(exception is StoreUnavailableException ? null : exception, exception.Message);
                }
            }

            await timer.WaitAsync(stoppingToken);
        }
        while (true);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var head = timeline.Current;
        var missed = head.Sequence < _sequence || head.Recent.FirstOrDefault()?.Sequence > _sequence + 1;
        foreach (var entry in head.Recent.Where(entry => entry.Sequence > _sequence && entry.Subject.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            _changed.Add(entry.Subject[Prefix.Length..]);
        }

        _sequence = head.Sequence;
        if (book.MustLoad || missed || time.GetElapsedTime(_readAt) >= ReadAllEvery)
        {
            await book.LoadAsync(cancellationToken);
            _readAt = time.GetTimestamp();
            _changed.Clear();
            return;
        }

        foreach (var id in _changed.ToList())
        {
            await book.ReadAsync(id, cancellationToken);
            _changed.Remove(id);
        }
    }

    private async Task SafelyAsync(RunbookExecution execution, CancellationToken cancellationToken)
    {
        try
        {
            await steps.StepAsync(execution, cancellationToken);
            _unwritten.TryRemove(execution.Id, out _);
        }
        catch (StoreUnavailableException exception)
        {
            book.Lose(exception.Message);
            if (_unwritten.TryAdd(execution.Id, exception.Message))
            {
                LogUnwritten(execution.Id, exception.Message);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogBadLook(execution.Id, exception);
        }
        catch (OperationCanceledException)
        {
            // The console is going down; the next leader carries it on.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Executions of runbooks cannot be read: {Problem}")]
    private partial void LogFailing(Exception? exception, string problem);

    [LoggerMessage(LogLevel.Warning, "How the execution {Id} stands cannot be written and follows later: {Problem}")]
    private partial void LogUnwritten(string id, string problem);

    [LoggerMessage(LogLevel.Error, "A look at the execution {Id} failed; the next one follows")]
    private partial void LogBadLook(string id, Exception exception);
}
