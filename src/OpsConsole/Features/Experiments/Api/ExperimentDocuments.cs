using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>A fault as the API writes it: times in plain numbers.</summary>
internal sealed record FaultDocument(
    FaultKind Kind,
    string? Dependency = null,
    string? Route = null,
    double DelayMs = 0,
    double JitterMs = 0,
    int StatusCode = 503,
    int? Instances = null,
    double Share = 100,
    double StartAfterSeconds = 0,
    double? DurationSeconds = null,
    string? Action = null)
{
    public static FaultDocument From(FaultSpec fault) => new(
        fault.Kind,
        fault.Dependency,
        fault.Route,
        fault.Delay.TotalMilliseconds,
        fault.Jitter.TotalMilliseconds,
        fault.StatusCode,
        fault.Instances,
        fault.Share,
        fault.StartAfter.TotalSeconds,
        fault.Duration?.TotalSeconds,
        fault.Action);

    public FaultSpec ToFault() => new()
    {
        Kind = Kind,
        Dependency = Empty(Dependency),
        Route = Empty(Route),
        Delay = Times.Milliseconds(DelayMs),
        Jitter = Times.Milliseconds(JitterMs),
        StatusCode = StatusCode,
        Instances = Instances,
        Share = Share,
        StartAfter = Times.Seconds(StartAfterSeconds),
        Duration = DurationSeconds is { } seconds ? Times.Seconds(seconds) : null,
        Action = Empty(Action),
    };

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>Times from numbers that may be anything.</summary>
internal static class Times
{
    private const double Most = 1e9;

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(double.IsNaN(seconds) ? -1 : Math.Clamp(seconds, -Most, Most));

    public static TimeSpan Milliseconds(double milliseconds) =>
        TimeSpan.FromMilliseconds(double.IsNaN(milliseconds) ? -1 : Math.Clamp(milliseconds, -Most, Most));
}

/// <summary>A definition as the API writes it, so that it can be sent back; <c>mappedTemplate</c> is run in place of its faults.</summary>
internal sealed record ExperimentDocument(
    string Id,
    string Title,
    string Hypothesis,
    string Service,
    ImmutableArray<FaultDocument> Faults,
    string? Template,
    double DurationSeconds,
    Safeguards Safeguards,
    ImmutableArray<RollbackAction> RollbackActions,
    bool BuiltIn,
    long Revision,
    MappedTemplate? MappedTemplate = null,
    TemplateDocument? TemplateDetails = null)
{
    public static ExperimentDocument From(Experiment experiment, long revision, MappedTemplate? mapped = null, TemplateReading? template = null) => new(
        experiment.Id,
        experiment.Title,
        experiment.Hypothesis,
        experiment.Service,
        [.. experiment.Faults.Select(FaultDocument.From)],
        experiment.Template,
        experiment.Duration.TotalSeconds,
        experiment.Safeguards,
        experiment.RollbackActions,
        experiment.BuiltIn,
        revision,
        mapped,
        template is null ? null : TemplateDocument.From(template));

    public static ExperimentDocument From(Stored<Experiment> stored, MappedTemplate? mapped = null) => From(stored.Value, stored.Revision, mapped);

    /// <summary>What a run was launched from, with the mapping that counted then.</summary>
    public static ExperimentDocument AsRun(Experiment experiment) => From(
        experiment, 0, experiment is { Template: { } template, TemplateParameter: { } parameter } ? new(template, parameter) : null);
}

/// <summary>The definitions, and why those that stand for templates may be missing or old.</summary>
internal sealed record ExperimentList(ImmutableArray<ExperimentDocument> Experiments, string? TemplatesProblem = null);

/// <summary>What a template says, as far as it is known; <c>problem</c> says why it is not, or why it may be old.</summary>
internal sealed record TemplateDocument(
    ImmutableArray<TemplateTarget> Targets,
    ImmutableArray<TemplateActionDocument> Actions,
    ImmutableArray<string> StopAlarms,
    ImmutableSortedDictionary<string, string> Tags,
    DateTimeOffset? ChangedAt,
    string? Problem)
{
    public static TemplateDocument From(TemplateReading reading) => new(
        reading.Template?.Targets ?? [],
        [.. (reading.Template?.Actions ?? []).Select(action => new TemplateActionDocument(
            action.Name, action.ActionId, action.Description, action.Targets, action.StartAfter, action.Duration?.TotalSeconds, action.Parameters))],
        reading.Template?.StopAlarms ?? [],
        reading.Template?.Tags ?? ImmutableSortedDictionary<string, string>.Empty,
        reading.Template?.ChangedAt,
        reading.Problem);
}

internal sealed record TemplateActionDocument(
    string Name,
    string ActionId,
    string Description,
    ImmutableArray<string> Targets,
    ImmutableArray<string> StartAfter,
    double? DurationSeconds,
    ImmutableSortedDictionary<string, string> Parameters);

/// <summary>A dry run as the API writes it. While it goes on, <c>endedAt</c> is null.</summary>
internal sealed record DryRunDocument(
    string Template,
    string? Reference,
    string RequestedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    bool Succeeded,
    string Detail,
    int Found,
    ImmutableArray<ResolvedResource> Resources)
{
    public static DryRunDocument From(DryRun dryRun) => new(
        dryRun.Template,
        dryRun.Reference,
        dryRun.RequestedBy,
        dryRun.StartedAt,
        dryRun.EndedAt,
        dryRun.Succeeded,
        dryRun.Detail,
        dryRun.Found,
        dryRun.Resources);
}

/// <summary>What <c>PUT /experiments/{id}</c> takes.</summary>
internal sealed record ExperimentChange(
    string? Title,
    string? Hypothesis,
    string? Service,
    ImmutableArray<FaultDocument>? Faults,
    double DurationSeconds,
    Safeguards? Safeguards,
    ImmutableArray<RollbackAction>? RollbackActions,
    string? Reason,
    string? Template = null)
{
    /// <summary>The definition; safeguards that nobody named are the default ones.</summary>
    public Experiment ToExperiment(string id, Safeguards defaults) => new()
    {
        Id = id,
        Title = Title ?? "",
        Hypothesis = Hypothesis ?? "",
        Service = Service ?? "",
        Faults = [.. (Faults ?? []).Where(fault => fault is not null).Select(fault => fault.ToFault())],
        Template = string.IsNullOrWhiteSpace(Template) ? null : Template.Trim(),
        Duration = Times.Seconds(DurationSeconds),
        Safeguards = Safeguards ?? defaults,
        RollbackActions = [.. (RollbackActions ?? []).Where(action => action is not null)],
    };
}

internal sealed record PreflightDocument(bool Passed, ImmutableArray<PreflightCheck> Checks, ImmutableArray<FaultTarget> Targets);

/// <summary>The revision on which a change rests, from <c>If-Match</c> and <c>If-None-Match</c>.</summary>
internal static class Revisions
{
    public static string ETag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>The revision, 0 to create; <see langword="null"/> if the request does not say.</summary>
    public static long? Expected(HttpRequest request)
    {
        if (request.Headers.IfNoneMatch.ToString().Trim() == "*")
        {
            return 0;
        }

        var tag = request.Headers.IfMatch.ToString().Trim();
        return tag.Length > 2
            && tag[0] == '"'
            && long.TryParse(tag.AsSpan(1, tag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            && revision > 0
                ? revision
                : null;
    }
}
