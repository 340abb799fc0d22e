using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>
/// What the leader does with an execution at one look. It rests on what is on disk: an execution whose start was not confirmed is started again
/// with the same token, which starts nothing twice; one that shall stop is told until it has stopped.
/// </summary>
internal sealed class RunbookSteps(
    IRunbookEngine engine, RunbookBook book, Leadership leadership, IOptions<RunbooksOptions> options, TimeProvider time)
{
    /// <summary>So long after its start an execution may not be found yet.</summary>
    private static readonly TimeSpan AppearsWithin = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _looked = new(StringComparer.Ordinal);

    public async Task StepAsync(RunbookExecution execution, CancellationToken cancellationToken)
    {
        if (execution.EngineId is null)
        {
            await StartAsync(execution, cancellationToken);
        }
        else if (!_looked.TryGetValue(execution.Id, out var at) || time.GetElapsedTime(at) >= engine.LookEvery)
        {
            _looked[execution.Id] = time.GetTimestamp();
            await LookAsync(execution, execution.EngineId, cancellationToken);
        }
    }

    /// <summary>Forgets what is over.</summary>
    public void Forget(string id) => _looked.TryRemove(id, out _);

    private async Task StartAsync(RunbookExecution execution, CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - execution.RequestedAt > options.Value.StartsWithin)
        {
            await EndAsync(execution, RunbookState.Refused, NotStarted(execution), cancellationToken);
            return;
        }

        if (!leadership.IsLeader)
        {
            return;
        }

        var order = new RunbookOrder(execution.ClientToken, execution.Runbook.Document, execution.Runbook.Version, execution.Parameters);
        switch (await engine.StartAsync(order, cancellationToken))
        {
            case RunbookStart.Started started:
                await StartedAsync(execution, started.EngineId, cancellationToken);
                break;
            case RunbookStart.Refused refused:
                await EndAsync(execution, RunbookState.Refused, refused.Why, cancellationToken);
                break;
            case RunbookStart.Unanswered unanswered:
                await LoseAsync(execution, unanswered.Why, cancellationToken);
                break;
        }
    }

    private async Task StartedAsync(RunbookExecution execution, string engineId, CancellationToken cancellationToken)
    {
        var now = await book.ChangeAsync(
            execution.Id,
            current =>
            {
                if (current.EngineId is not null)
                {
                    return null;
                }

                var started = current with { EngineId = engineId, Problem = null, ProblemSince = null };
                started = current.IsOver ? started : started with { State = RunbookState.Pending };
                return (started, started.Event(Actors.Console, TimelineKinds.RunbookStarted, $"{engine.Name} carries it out as {engineId}."));
            },
            cancellationToken);
        if (now is { IsOver: true })
        {
            // It was stopped, or given up, while its start was on its way.
            await engine.StopAsync(engineId, CancellationToken.None);
        }
    }

    private async Task LookAsync(RunbookExecution execution, string engineId, CancellationToken cancellationToken)
    {
        if (execution.StopRequestedBy is not null && execution.State != RunbookState.Stopping)
        {
            await engine.StopAsync(engineId, cancellationToken);
        }

        switch (await engine.ReadAsync(engineId, cancellationToken))
        {
            case RunbookReading.Read read:
                await book.ChangeAsync(
                    execution.Id, current => !leadership.IsLeader || current.IsOver || Follow(current, read) is not { } now ? null : (now, now.Changed(current)), cancellationToken);
                break;
            case RunbookReading.Missing when time.GetUtcNow() - execution.RequestedAt > options.Value.StartsWithin + AppearsWithin:
                await EndAsync(execution, RunbookState.Failed, $"{engine.Name} knows the execution {engineId} no more.", cancellationToken);
                break;
            case RunbookReading.Missing:
                await LoseAsync(execution, $"{engine.Name} does not show the execution {engineId} yet.", cancellationToken);
                break;
            case RunbookReading.Unreadable unreadable:
                await LoseAsync(execution, unreadable.Why, cancellationToken);
                break;
        }
    }

    /// <summary>The execution as it was read; <see langword="null"/> if nothing is new.</summary>
    private static RunbookExecution? Follow(RunbookExecution current, RunbookReading.Read read)
    {
        var now = current with
        {
            State = read.State,
            Status = read.Status,
            StartedAt = read.StartedAt,
            EndedAt = read.State.IsFinal() ? read.EndedAt : null,
            Steps = read.Steps,
            Failure = read.Failure,
            Problem = null,
            ProblemSince = null,
        };
        return now with { Steps = current.Steps } == current && read.Steps.SequenceEqual(current.Steps) ? null : now;
    }

    private Task<RunbookExecution?> LoseAsync(RunbookExecution execution, string why, CancellationToken cancellationToken) => book.ChangeAsync(
        execution.Id,
        current => current.IsOver || current.Problem == why || !leadership.IsLeader
            ? null
            : (current with { Problem = why, ProblemSince = current.ProblemSince ?? time.GetUtcNow() }, current.Event(Actors.Console, TimelineKinds.RunbookLost, why)),
        cancellationToken);

    private Task<RunbookExecution?> EndAsync(RunbookExecution execution, RunbookState state, string why, CancellationToken cancellationToken) => book.ChangeAsync(
        execution.Id,
        current =>
        {
            if (current.IsOver || !leadership.IsLeader)
            {
                return null;
            }

            var over = current with { State = state, Failure = why, EndedAt = time.GetUtcNow(), Problem = null, ProblemSince = null };
            return (over, over.Changed(current));
        },
        cancellationToken);

    private string NotStarted(RunbookExecution execution) =>
        $"It could not be started within {options.Value.StartsWithin.TotalSeconds:F0} s."
        + (execution.Problem is { } problem ? $" {problem} If it was started after all, {engine.Name} lists it." : "");
}
