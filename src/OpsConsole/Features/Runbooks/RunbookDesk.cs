using OpsConsole.Core;
using OpsConsole.Core.Records;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>What became of something that was asked of a runbook.</summary>
internal abstract record RunbookOutcome
{
    private RunbookOutcome()
    {
    }

    /// <summary>It was taken, or was already under the same token.</summary>
    public sealed record Accepted(RunbookExecution Execution, bool Repeated = false) : RunbookOutcome;

    /// <summary>It cannot be done as things are.</summary>
    public sealed record Refused(string Why) : RunbookOutcome;

    /// <summary>A member is wrong.</summary>
    public sealed record Invalid(string Member, string Message) : RunbookOutcome;

    /// <summary>There is no such runbook or execution.</summary>
    public sealed record Unknown : RunbookOutcome;
}

/// <summary>
/// What people and automation ask of runbooks. A start and an approval are on disk before anything is done; a stop and a refusal are carried
/// out first, and written down as soon as that can be done.
/// </summary>
internal sealed class RunbookDesk(
    IRunbookEngine engine, RunbookBook book, RunbookWake wake, IHaltJournal journal, ConsoleEnvironment environment, TimeProvider time)
{
    public const int LongestReason = 500;

    /// <summary>Asks for an execution. The leader starts it.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was started.</exception>
    public async Task<RunbookOutcome> StartAsync(
        string name, string? service, string actor, string? reason, Guid? clientToken, CancellationToken cancellationToken)
    {
        if (engine.Catalog.Find(name) is not { } runbook)
        {
            return new RunbookOutcome.Unknown();
        }

        if (string.IsNullOrWhiteSpace(reason) || reason.Trim().Length > LongestReason)
        {
            return new RunbookOutcome.Invalid("reason", $"Say why, in at most {LongestReason} characters.");
        }

        if (service?.Trim() is { Length: > 200 } || (string.IsNullOrWhiteSpace(service) && runbook.Uses(Placeholders.Service)))
        {
            return new RunbookOutcome.Invalid("service", $"Name the service that {name} is for, in at most 200 characters.");
        }

        var now = time.GetUtcNow();
        var token = clientToken ?? Guid.CreateVersion7(now);
        var order = new ExecutionOrder(Id: $"{name}-{token.ToString("N")[20..]}", token, (service ?? "").Trim(), RunId: null, Experiment: "");
        var (execution, repeated) = await CreateAsync(runbook, order, actor, reason.Trim(), cancellationToken);
        return new RunbookOutcome.Accepted(execution, repeated);
    }

    /// <summary>Writes down that a runbook is to be started; the leader does it.</summary>
    public async Task<(RunbookExecution Execution, bool Repeated)> CreateAsync(
        Runbook runbook, ExecutionOrder order, string actor, string reason, CancellationToken cancellationToken)
    {
        var execution = new RunbookExecution
        {
            Id = order.Id,
            Runbook = runbook,
            ClientToken = order.ClientToken,
            Parameters = runbook.Fill(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Placeholders.Service] = order.Service,
                [Placeholders.Environment] = environment.Name,
                [Placeholders.RunId] = order.RunId ?? order.Id,
                [Placeholders.Experiment] = order.Experiment,
            }),
            RequestedBy = actor,
            Reason = reason,
            RequestedAt = time.GetUtcNow(),
            Service = order.Service,
            RunId = order.RunId,
        };
        var created = await book.CreateAsync(execution, execution.Event(actor, TimelineKinds.RunbookRequested, reason), cancellationToken);
        wake.Set();
        return created;
    }

    /// <summary>Stops an execution at once. It works without a store; then it is journaled.</summary>
    public async Task<RunbookOutcome> StopAsync(string id, string actor, string? reason, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(id, cancellationToken) is not { } execution)
        {
            return new RunbookOutcome.Unknown();
        }

        if (!execution.CanStop(out var why))
        {
            return new RunbookOutcome.Refused(why);
        }

        var command = execution.EngineId is { } engineId ? await engine.StopAsync(engineId, CancellationToken.None) : RunbookCommand.Done;
        var told = execution.Event(actor, TimelineKinds.RunbookStopRequested, command.Taken ? Cut(reason) : $"{Cut(reason)} {command.Why}".Trim());
        try
        {
            var stopped = await book.ChangeAsync(id, now => now.IsOver ? null : (Stopped(now, actor), told), CancellationToken.None);
            wake.Set();
            return command.Taken || stopped is { IsOver: true } ? new RunbookOutcome.Accepted(stopped!) : new RunbookOutcome.Refused($"{command.Why} It is told again until it stops.");
        }
        catch (StoreUnavailableException)
        {
            await journal.WriteAsync(told);
            return command.Taken ? new RunbookOutcome.Accepted(execution) : new RunbookOutcome.Refused(command.Why);
        }
    }

    /// <summary>Approves or rejects the step that waits.</summary>
    /// <exception cref="StoreUnavailableException">An approval was not sent.</exception>
    public async Task<RunbookOutcome> DecideAsync(string id, bool approved, string actor, string? reason, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(id, cancellationToken) is not { } execution)
        {
            return new RunbookOutcome.Unknown();
        }

        if (!execution.CanDecide(out var why))
        {
            return new RunbookOutcome.Refused(why);
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            return new RunbookOutcome.Invalid("reason", $"Say why, in at most {LongestReason} characters.");
        }

        var kind = approved ? TimelineKinds.RunbookApproved : TimelineKinds.RunbookRejected;
        var told = execution.Event(actor, kind, Cut(reason)).With("step", execution.WaitsFor!.Name);
        if (approved)
        {
            await book.ChangeAsync(id, now => (now, told), cancellationToken);
        }

        var command = await engine.DecideAsync(execution.EngineId!, approved, $"{actor}: {Cut(reason)}", CancellationToken.None);
        if (!command.Taken)
        {
            told = execution.Event(Actors.Console, TimelineKinds.RunbookProgressed, $"The decision of {actor} was not taken. {command.Why}");
        }

        if (!approved || !command.Taken)
        {
            await journal.WriteAsync(told);
        }

        wake.Set();
        return command.Taken ? new RunbookOutcome.Accepted(execution) : new RunbookOutcome.Refused(command.Why);
    }

    private RunbookExecution Stopped(RunbookExecution now, string actor) => now.EngineId is not null
        ? now with { StopRequestedBy = now.StopRequestedBy ?? actor }
        : now with
        {
            StopRequestedBy = now.StopRequestedBy ?? actor,
            State = RunbookState.Cancelled,
            EndedAt = time.GetUtcNow(),
            Failure = $"Its start was not confirmed by {engine.Name} before it was stopped.",
        };

    private static string Cut(string? reason)
    {
        var trimmed = reason?.Trim() ?? "";
        return trimmed.Length <= LongestReason ? trimmed : trimmed[..LongestReason];
    }
}

/// <summary>For what an execution is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ClientToken">One token, one execution.</param>
/// <param name="Service">The service that it is for; empty if for none.</param>
/// <param name="RunId">The run whose rollback it is.</param>
/// <param name="Experiment">The experiment of that run.</param>
internal sealed record ExecutionOrder(string Id, Guid ClientToken, string Service, string? RunId, string Experiment);
