using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Runbooks;

/// <summary>How what happens to an execution is written into the timeline.</summary>
internal static class RunbookEvents
{
    public static TimelineEvent Event(this RunbookExecution execution, string actor, string kind, string reason) =>
        new TimelineEvent { Actor = actor, Kind = kind, Subject = Subjects.Runbook(execution.Id), Reason = reason }
            .With("runbook", execution.Runbook.Name)
            .With("service", execution.Service.Length == 0 ? null : execution.Service)
            .With("run", execution.RunId)
            .With("document", execution.Runbook.Document)
            .With("execution", execution.EngineId);

    /// <summary>What an execution's change is called, by what matters most about it.</summary>
    public static TimelineEvent Changed(this RunbookExecution now, RunbookExecution before)
    {
        if (now.State != before.State)
        {
            return now.Event(Actors.Console, KindOf(now.State), now.Sentence());
        }

        if (before.Problem is not null && now.Problem is null)
        {
            return now.Event(Actors.Console, TimelineKinds.RunbookProgressed, $"It can be looked at again: {now.Sentence()}");
        }

        var steps = now.Steps.Where(step => before.Steps.All(known => known.Name != step.Name || known.State != step.State) && step.State != RunbookState.Pending);
        return now.Event(
            Actors.Console,
            TimelineKinds.RunbookProgressed,
            string.Join(" ", steps.Select(step => $"Step {step.Name}: {step.Status}.").DefaultIfEmpty(now.Sentence())));
    }

    private static string KindOf(RunbookState state) => state switch
    {
        RunbookState.Waiting => TimelineKinds.RunbookWaiting,
        RunbookState.Succeeded => TimelineKinds.RunbookSucceeded,
        RunbookState.Cancelled => TimelineKinds.RunbookCancelled,
        RunbookState.Rejected => TimelineKinds.RunbookRejected,
        RunbookState.Failed or RunbookState.TimedOut or RunbookState.Refused => TimelineKinds.RunbookFailed,
        _ => TimelineKinds.RunbookProgressed,
    };
}
