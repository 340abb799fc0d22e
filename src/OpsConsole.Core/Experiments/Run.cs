using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>Where a run stands. See <c>docs/experiments.md</c> for the machine.</summary>
public enum RunState
{
    /// <summary>The checks before the start are being made.</summary>
    Preflight,

    /// <summary>A check said no; nothing was injected. Final.</summary>
    Refused,

    /// <summary>The faults are on their way.</summary>
    Starting,

    /// <summary>The faults are in force.</summary>
    Running,

    /// <summary>The faults were ordered to end and are not yet proven gone.</summary>
    Halting,

    /// <summary>The faults are gone and the service is on its way back.</summary>
    Recovering,

    /// <summary>It ran to its end. Final.</summary>
    Completed,

    /// <summary>It was stopped by a person or a safeguard. Final.</summary>
    Halted,

    /// <summary>Its console died while it ran; the faults ended by their lease. Final.</summary>
    Aborted,

    /// <summary>It could not be carried out. Final.</summary>
    Failed,
}

/// <summary>The outcome about the system; never green without data.</summary>
public enum Verdict
{
    /// <summary>There was too little evidence to tell.</summary>
    Inconclusive,

    /// <summary>The signs stayed within the margin of the baseline.</summary>
    Tolerated,

    /// <summary>The signs left the margin of the baseline, or a safeguard tripped.</summary>
    Degraded,
}

/// <summary>One check before a start.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Passed">Whether it allows the start.</param>
/// <param name="Finding">What was found; one sentence.</param>
/// <param name="Mend">What would mend it, if it did not pass.</param>
public sealed record PreflightCheck(string Name, bool Passed, string Finding, string? Mend = null);

/// <summary>The signs over a time, as medians of the samples in it.</summary>
/// <param name="From">Start of the time.</param>
/// <param name="To">End of the time.</param>
/// <param name="Samples">How many fresh samples there were.</param>
/// <param name="Requests">Requests in them.</param>
/// <param name="Errors">Failed requests in them.</param>
/// <param name="Signs">The median of each sign; the error rate is from the counts.</param>
public sealed record SteadyState(
    DateTimeOffset From, DateTimeOffset To, int Samples, long Requests, long Errors, VitalSigns Signs);

/// <summary>One step of a run's life.</summary>
/// <param name="State">The state that was entered.</param>
/// <param name="At">When.</param>
/// <param name="Why">Why; one sentence.</param>
public sealed record RunPhase(RunState State, DateTimeOffset At, string Why);

/// <summary>What became of a rollback action.</summary>
/// <param name="Action">The action.</param>
/// <param name="At">When it was done.</param>
/// <param name="Succeeded">Whether it was done.</param>
/// <param name="Detail">What was done, or why not.</param>
/// <param name="Execution">The execution of the runbook that did it, if one did.</param>
public sealed record RollbackOutcome(RollbackAction Action, DateTimeOffset At, bool Succeeded, string Detail, string? Execution = null);

/// <summary>A time in which nobody watched the service of a run.</summary>
/// <param name="From">When it was last watched.</param>
/// <param name="To">When it was watched again.</param>
public sealed record EvidenceGap(DateTimeOffset From, DateTimeOffset To);

/// <summary>One execution of an experiment: everything that is kept of it.</summary>
public sealed record Run
{
    /// <summary>Unique; sorts by time.</summary>
    public required string Id { get; init; }

    /// <summary>The definition as it was at the start.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunState State { get; init; }

    /// <summary>Who launched it.</summary>
    public required string RequestedBy { get; init; }

    /// <summary>Why it was launched.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What the launching client called this launch, so that a repeated request finds the same run.</summary>
    public string? ClientToken { get; init; }

    /// <summary>When it was launched.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>The term of the leader that last carried it on; 0 before one did. What a leader of a lower term writes counts no more.</summary>
    public long Term { get; init; }

    /// <summary>The engine's own name of the run, e.g. the id of the experiment in FIS; <see langword="null"/> if it has none.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether somebody started it in the engine, past this console. The console shows it and can halt it; it never stops it by itself.</summary>
    public bool StartedElsewhere { get; init; }

    /// <summary>When the faults were injected.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the faults end by plan.</summary>
    public DateTimeOffset? HardDeadline { get; init; }

    /// <summary>When the run was over.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Every step so far.</summary>
    public ImmutableArray<RunPhase> Phases { get; init; } = [];

    /// <summary>The checks before the start.</summary>
    public ImmutableArray<PreflightCheck> Preflight { get; init; } = [];

    /// <summary>Every fault at every instance.</summary>
    public ImmutableArray<PlannedFault> Faults { get; init; } = [];

    /// <summary>What the instances last said of the faults.</summary>
    public ImmutableArray<FaultReport> Reports { get; init; } = [];

    /// <summary>When the halt was pressed.</summary>
    public DateTimeOffset? HaltRequestedAt { get; init; }

    /// <summary>What the timeline says of the halt, so that of several replicas one tells it.</summary>
    public HaltTold HaltTold { get; init; }

    /// <summary>Who halted it: a person, an API key, or <c>safeguard: …</c>.</summary>
    public string? HaltedBy { get; init; }

    /// <summary>The safeguard that stopped it, in words; <see langword="null"/> if none did.</summary>
    public string? TrippedSafeguard { get; init; }

    /// <summary>Why it was halted.</summary>
    public string? HaltReason { get; init; }

    /// <summary>Milliseconds from the halt to the proof that the faults are gone; <see langword="null"/> without a proof.</summary>
    public double? HaltConfirmedMs { get; init; }

    /// <summary>The targets that have not proven that their faults are gone.</summary>
    public ImmutableArray<string> Unconfirmed { get; init; } = [];

    /// <summary>Why they have not, if the engine says so; one sentence.</summary>
    public string? UnconfirmedWhy { get; init; }

    /// <summary>When what is unconfirmed ends by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What became of the rollback actions.</summary>
    public ImmutableArray<RollbackOutcome> Rollbacks { get; init; } = [];

    /// <summary>The signs before the faults.</summary>
    public SteadyState? Baseline { get; init; }

    /// <summary>The signs during the faults.</summary>
    public SteadyState? During { get; init; }

    /// <summary>The signs after recovery.</summary>
    public SteadyState? Final { get; init; }

    /// <summary>When the faults were proven gone or ended; the recovery clock starts here.</summary>
    public DateTimeOffset? RecoveryStartedAt { get; init; }

    /// <summary>Seconds until the signs were back within the band for the first of k samples in a row; <see langword="null"/> if they are not (yet) back.</summary>
    public double? RecoverySeconds { get; init; }

    /// <summary>Whether it was back already at the first look after a time in which nobody watched: then <see cref="RecoverySeconds"/> is an upper bound.</summary>
    public bool RecoveryIsUpperBound { get; init; }

    /// <summary>The times in which nobody watched, oldest first: the console was gone.</summary>
    public ImmutableArray<EvidenceGap> EvidenceGaps { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The outcome about the system, when the run is over.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The sentence that says why the verdict is what it is.</summary>
    public string? VerdictWhy { get; init; }

    /// <summary>What was learned; written by people.</summary>
    public string Lessons { get; init; } = "";

    /// <summary>Whether the run is over.</summary>
    public bool IsOver => State is RunState.Refused or RunState.Completed or RunState.Halted or RunState.Aborted or RunState.Failed;
}
