namespace OpsConsole.Core.Timeline;

/// <summary>What can happen. The part before the dot is the family by which the timeline is filtered.</summary>
public static class TimelineKinds
{
#pragma warning disable CS1591 // The names are their own documentation.
    public const string FlagCreated = "flag.created";
    public const string FlagChanged = "flag.changed";
    public const string FlagFlippedOn = "flag.flipped-on";
    public const string FlagFlippedOff = "flag.flipped-off";
    public const string FlagArchived = "flag.archived";
    public const string FlagUnarchived = "flag.unarchived";
    public const string FlagShed = "flag.shed";
    public const string FlagRestored = "flag.restored";
    public const string FlagLatchReset = "flag.latch-reset";

    public const string ExperimentCreated = "experiment.created";
    public const string ExperimentChanged = "experiment.changed";
    public const string ExperimentDeleted = "experiment.deleted";
    public const string ExperimentDryRun = "experiment.dry-run";

    public const string RunRequested = "run.requested";
    public const string RunRefused = "run.refused";
    public const string RunStarted = "run.started";
    public const string RunSafeguardTripped = "run.safeguard-tripped";
    public const string RunHalting = "run.halting";
    public const string RunHaltConfirmed = "run.halt-confirmed";
    public const string RunHaltUnconfirmed = "run.halt-unconfirmed";
    public const string RunRollbackAction = "run.rollback-action";
    public const string RunRecovering = "run.recovering";
    public const string RunAdopted = "run.adopted";
    public const string RunCompleted = "run.completed";
    public const string RunHalted = "run.halted";
    public const string RunAborted = "run.aborted";
    public const string RunFailed = "run.failed";
    public const string RunLessons = "run.lessons";

    public const string RunbookRequested = "runbook.requested";
    public const string RunbookStarted = "runbook.started";
    public const string RunbookProgressed = "runbook.progressed";
    public const string RunbookWaiting = "runbook.waiting";
    public const string RunbookApproved = "runbook.approved";
    public const string RunbookRejected = "runbook.rejected";
    public const string RunbookStopRequested = "runbook.stop-requested";
    public const string RunbookLost = "runbook.lost";
    public const string RunbookSucceeded = "runbook.succeeded";
    public const string RunbookFailed = "runbook.failed";
    public const string RunbookCancelled = "runbook.cancelled";

    public const string LeverEngaged = "lever.engaged";
    public const string LeverDisengaged = "lever.disengaged";

    public const string HealthLost = "health.lost";
    public const string HealthBack = "health.back";

    public const string AlarmRaised = "alarm.raised";
    public const string AlarmCleared = "alarm.cleared";
    public const string AlarmBlind = "alarm.insufficient-data";

    public const string MonitoringChanged = "monitoring.changed";
    public const string MonitoringRemoved = "monitoring.removed";

    public const string SignedIn = "console.signed-in";
    public const string ConsoleStarted = "console.started";
    public const string ConsoleStopped = "console.stopped";
    public const string ConsoleLeads = "console.leads";
#pragma warning restore CS1591
}
