using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>
/// Rollback actions as executions of runbooks. Id and token follow from the run and the action's place in it, so that whoever asks, and however
/// often, means the same execution.
/// </summary>
internal sealed class RunbookRollbacks(
    IRunbookEngine engine, RunbookBook book, RunbookDesk desk, IOptions<RunbooksOptions> options, TimeProvider time) : IRollbackRunner
{
    /// <summary>The runbook for <see cref="RollbackActionKind.ScaleUpResources"/>.</summary>
    public const string ScaleUp = "scale-up-resources";

    public bool Handles(RollbackAction action) => action.Kind switch
    {
        RollbackActionKind.RunRunbook => true,
        RollbackActionKind.ScaleUpResources => engine.Catalog.Find(ScaleUp) is not null,
        _ => false,
    };

    public async ValueTask<RollbackProgress> AdvanceAsync(Run run, int index, CancellationToken cancellationToken)
    {
        var action = run.Experiment.RollbackActions[index];
        var name = action.Kind == RollbackActionKind.ScaleUpResources ? ScaleUp : action.Runbook ?? "";
        var id = $"{run.Id}-{index + 1}";
        try
        {
            if (await FindOrCreateAsync(run, index, id, name, cancellationToken) is not { } execution)
            {
                return new RollbackProgress.Over(
                    Succeeded: false,
                    engine is NoRunbooks
                        ? $"{name} was not carried out: this backend has no runbooks."
                        : $"{name} was not carried out: there is no runbook of this name. Define it in OpsConsole:Aws:Automation:Actions or in Parameter Store.",
                    Execution: null);
            }

            return execution.IsOver ? new RollbackProgress.Over(execution.State == RunbookState.Succeeded, execution.Sentence(), id)
                : time.GetUtcNow() - execution.RequestedAt > options.Value.RollbackPatience
                    ? new RollbackProgress.Over(Succeeded: false, $"{execution.Sentence()} The run waits for it no longer; it goes on.", id)
                : new RollbackProgress.Underway();
        }
        catch (StoreUnavailableException exception)
        {
            return time.GetUtcNow() - run.RecoveryStartedAt > options.Value.RollbackPatience
                ? new RollbackProgress.Over(Succeeded: false, $"{name} was not carried out: it could not be written down. {exception.Message}", Execution: null)
                : new RollbackProgress.Underway();
        }
    }

    private async Task<RunbookExecution?> FindOrCreateAsync(Run run, int index, string id, string name, CancellationToken cancellationToken)
    {
        if ((book.Known(id) ?? await book.FindAsync(id, cancellationToken)) is { } known)
        {
            return known;
        }

        if (engine.Catalog.Find(name) is not { } runbook)
        {
            return null;
        }

        var order = new ExecutionOrder(id, Token(run.Id, index), run.Experiment.Service, run.Id, run.Experiment.Id);
        var (execution, _) = await desk.CreateAsync(
            runbook, order, Actors.Supervisor, $"Rollback of run {run.Id}: {run.TrippedSafeguard}", cancellationToken);
        return execution;
    }

    /// <summary>A version 8 UUID of the run and the action's place in it.</summary>
    private static Guid Token(string run, int index)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"opsconsole/rollback/{run}/{index}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
