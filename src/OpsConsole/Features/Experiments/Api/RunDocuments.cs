using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>A fault at an instance and what the instance last said of it.</summary>
internal sealed record RunFaultDocument(
    string FaultId, string Target, FaultKind Kind, string? Dependency, bool? Active, long Injected, DateTimeOffset? ReportedAt, string? Detail, FaultDocument Spec);

/// <summary>A run as the API writes it.</summary>
internal sealed record RunDocument(
    string Id,
    string Experiment,
    string Service,
    RunState State,
    string? Reference,
    bool StartedElsewhere,
    string RequestedBy,
    string Reason,
    DateTimeOffset RequestedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? HardDeadline,
    DateTimeOffset? EndedAt,
    string? HaltedBy,
    string? HaltReason,
    DateTimeOffset? HaltRequestedAt,
    double? HaltConfirmedMs,
    string? TrippedSafeguard,
    ImmutableArray<RunFaultDocument> Faults,
    SteadyState? Baseline,
    SteadyState? During,
    SteadyState? Final,
    DateTimeOffset? RecoveryStartedAt,
    double? RecoverySeconds,
    bool RecoveryIsUpperBound,
    ImmutableArray<EvidenceGap> EvidenceGaps,
    Verdict? Verdict,
    string? VerdictWhy,
    string Lessons,
    ImmutableArray<RunPhase> Phases,
    ImmutableArray<PreflightCheck> Preflight,
    ImmutableArray<RollbackOutcome> Rollbacks,
    ImmutableArray<string> Unconfirmed,
    string? UnconfirmedWhy,
    DateTimeOffset? ExpiresAt,
    ExperimentDocument Definition)
{
    public static RunDocument From(Run run) => new(
        run.Id,
        run.Experiment.Id,
        run.Experiment.Service,
        run.State,
        run.Reference,
        run.StartedElsewhere,
        run.RequestedBy,
        run.Reason,
        run.RequestedAt,
        run.StartedAt,
        run.HardDeadline,
        run.EndedAt,
        run.HaltedBy,
        run.HaltReason,
        run.HaltRequestedAt,
        run.HaltConfirmedMs,
        run.TrippedSafeguard,
        [.. run.Faults.Select(fault => From(fault, run.Reports.FirstOrDefault(report => report.FaultId == fault.FaultId)))],
        run.Baseline,
        run.During,
        run.Final,
        run.RecoveryStartedAt,
        run.RecoverySeconds,
        run.RecoveryIsUpperBound,
        run.EvidenceGaps,
        run.Verdict,
        run.VerdictWhy,
        run.Lessons,
        run.Phases,
        run.Preflight,
        run.Rollbacks,
        run.Unconfirmed,
        run.UnconfirmedWhy,
        run.ExpiresAt,
        ExperimentDocument.AsRun(run.Experiment));

    private static RunFaultDocument From(PlannedFault fault, FaultReport? report) => new(
        fault.FaultId,
        fault.Target,
        fault.Spec.Kind,
        fault.Spec.Dependency,
        report?.Active,
        report?.Injected ?? 0,
        report?.ReportedAt,
        report?.Detail,
        FaultDocument.From(fault.Spec));
}

internal sealed record RunList(ImmutableArray<RunDocument> Runs);

/// <summary>Everything that is kept of a run.</summary>
internal sealed record RunExport(string Format, DateTimeOffset ExportedAt, RunDocument Run, ImmutableArray<TimelineEntry> Timeline);

internal sealed record LaunchRequest(string? Reason = null, string? ClientToken = null);

internal sealed record LessonsRequest(string? Lessons);

internal sealed record LeverRequest(bool? Engaged, string? Reason);

internal sealed record HaltAllDocument(
    int Halted, int Confirmed, ImmutableArray<UnconfirmedHalt> Unconfirmed, ImmutableArray<string> Runs, double Milliseconds)
{
    public static HaltAllDocument From(HaltAllOutcome outcome) =>
        new(outcome.Halted, outcome.Confirmed, outcome.Unconfirmed, outcome.Runs, Math.Round(outcome.Milliseconds, 1));
}

/// <summary>The lever. It is kept in the timeline, or else in the journal beside it, or else only in memory, which a restart loses.</summary>
internal sealed record LeverDocument(
    bool Engaged,
    string Actor,
    string Reason,
    DateTimeOffset? At,
    JournalPlace KeptIn,
    ImmutableArray<SecondLeverDocument> Others,
    HaltAllDocument? Halt = null)
{
    public static LeverDocument From(SafetyLevers levers, HaltAllOutcome? halt = null) => new(
        levers.Now.Engaged,
        levers.Now.Actor,
        levers.Now.Reason,
        levers.Now.At,
        levers.Place,
        [.. levers.Seconds.Select(second => new SecondLeverDocument(second.Name, second.Reading.Engaged, second.Reading.Reason, second.Reading.Problem))],
        halt is null ? null : HaltAllDocument.From(halt));
}

/// <summary>A lever that is kept in one with the console's, e.g. that of AWS FIS; <c>engaged</c> is null if it was never heard of.</summary>
internal sealed record SecondLeverDocument(string Name, bool? Engaged, string Reason, string? Problem);

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ExperimentList))]
[JsonSerializable(typeof(ExperimentDocument))]
[JsonSerializable(typeof(ExperimentChange))]
[JsonSerializable(typeof(PreflightDocument))]
[JsonSerializable(typeof(ImmutableArray<PreflightCheck>))]
[JsonSerializable(typeof(DryRunDocument))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunDocument))]
[JsonSerializable(typeof(RunExport))]
[JsonSerializable(typeof(LaunchRequest))]
[JsonSerializable(typeof(HaltRequest))]
[JsonSerializable(typeof(LessonsRequest))]
[JsonSerializable(typeof(LeverRequest))]
[JsonSerializable(typeof(HaltAllDocument))]
[JsonSerializable(typeof(LeverDocument))]
internal sealed partial class ExperimentsJson : JsonSerializerContext;
