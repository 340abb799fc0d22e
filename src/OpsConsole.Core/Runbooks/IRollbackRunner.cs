using OpsConsole.Core.Experiments;

namespace OpsConsole.Core.Runbooks;

/// <summary>How a rollback action gets on.</summary>
public abstract record RollbackProgress
{
    private RollbackProgress()
    {
    }

    /// <summary>It is not done yet; ask again at the next look.</summary>
    public sealed record Underway : RollbackProgress;

    /// <summary>It came to its end.</summary>
    /// <param name="Succeeded">Whether it was done.</param>
    /// <param name="Detail">What was done, or why not; one sentence.</param>
    /// <param name="Execution">The execution of the runbook that did it, if there is one.</param>
    public sealed record Over(bool Succeeded, string Detail, string? Execution) : RollbackProgress;
}

/// <summary>Carries rollback actions of runs out as runbooks.</summary>
public interface IRollbackRunner
{
    /// <summary>Whether an action is carried out as a runbook. What is not is for the run's engine.</summary>
    /// <param name="action">The action.</param>
    bool Handles(RollbackAction action);

    /// <summary>
    /// Sees to it that the action is carried out, once however often it is asked for, also by another leader. Only the leader asks.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="index">Which of the experiment's rollback actions.</param>
    /// <param name="cancellationToken">Gives up until the next time.</param>
    ValueTask<RollbackProgress> AdvanceAsync(Run run, int index, CancellationToken cancellationToken);
}
