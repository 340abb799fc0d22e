using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Experiments;
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
    double? DurationSeconds = null)
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
        fault.Duration?.TotalSeconds);

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

/// <summary>A definition as the API writes it.</summary>
internal sealed record ExperimentDocument(
    string Id,
    string Title,
    string Hypothesis,
    string Service,
    ImmutableArray<FaultDocument> Faults,
    double DurationSeconds,
    Safeguards Safeguards,
    ImmutableArray<RollbackAction> RollbackActions,
    bool BuiltIn,
    long Revision)
{
    public static ExperimentDocument From(Experiment experiment, long revision) => new(
        experiment.Id,
        experiment.Title,
        experiment.Hypothesis,
        experiment.Service,
        [.. experiment.Faults.Select(FaultDocument.From)],
        experiment.Duration.TotalSeconds,
        experiment.Safeguards,
        experiment.RollbackActions,
        experiment.BuiltIn,
        revision);

    public static ExperimentDocument From(Stored<Experiment> stored) => From(stored.Value, stored.Revision);
}

internal sealed record ExperimentList(ImmutableArray<ExperimentDocument> Experiments);

/// <summary>What <c>PUT /experiments/{id}</c> takes.</summary>
internal sealed record ExperimentChange(
    string? Title,
    string? Hypothesis,
    string? Service,
    ImmutableArray<FaultDocument>? Faults,
    double DurationSeconds,
    Safeguards? Safeguards,
    ImmutableArray<RollbackAction>? RollbackActions,
    string? Reason)
{
    /// <summary>The definition; safeguards that nobody named are the default ones.</summary>
    public Experiment ToExperiment(string id, Safeguards defaults) => new()
    {
        Id = id,
        Title = Title ?? "",
        Hypothesis = Hypothesis ?? "",
        Service = Service ?? "",
        Faults = [.. (Faults ?? []).Where(fault => fault is not null).Select(fault => fault.ToFault())],
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
