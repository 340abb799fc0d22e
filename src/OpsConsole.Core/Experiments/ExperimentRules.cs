using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace OpsConsole.Core.Experiments;

/// <summary>What a definition must look like. The page, the API and the service ask here.</summary>
public static partial class ExperimentRules
{
    /// <summary>The shortest duration.</summary>
    public static TimeSpan MinDuration { get; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest duration.</summary>
    public static TimeSpan MaxDuration { get; } = TimeSpan.FromHours(1);

    /// <summary>The longest duration with a template; FIS ends an experiment then by itself.</summary>
    public static TimeSpan MaxTemplateDuration { get; } = TimeSpan.FromHours(12);

    /// <summary>The longest delay.</summary>
    public static TimeSpan MaxDelay { get; } = TimeSpan.FromSeconds(60);

    /// <summary>How many faults, and how many rollback actions, a definition has at most.</summary>
    public const int MaxParts = 10;

    /// <summary>Whether the faults of this kind need a dependency's name.</summary>
    /// <param name="kind">The kind.</param>
    public static bool NeedsDependency(this FaultKind kind) => kind is FaultKind.DependencyLatency or FaultKind.DependencyOutage;

    /// <summary>Whether the faults of this kind have a delay.</summary>
    /// <param name="kind">The kind.</param>
    public static bool HasDelay(this FaultKind kind) => kind is FaultKind.Latency or FaultKind.DependencyLatency;

    /// <summary>Whether the faults of this kind touch requests that come in.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsInbound(this FaultKind kind) => kind is FaultKind.Latency or FaultKind.Error;

    /// <summary>Whether this can be the id of a template.</summary>
    /// <param name="text">What may be one.</param>
    public static bool IsTemplateId(string text) => TemplateId().IsMatch(text);

    /// <summary>What is wrong with a definition.</summary>
    /// <param name="experiment">The definition.</param>
    /// <returns>Messages by member, e.g. <c>faults[0].delay</c>; empty if all is well.</returns>
    public static IReadOnlyDictionary<string, string[]> Validate(Experiment experiment)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);

        void Ask(bool holds, string member, string message)
        {
            if (holds)
            {
                return;
            }

            if (!found.TryGetValue(member, out var messages))
            {
                found[member] = messages = [];
            }

            messages.Add(message);
        }

        Ask(Key().IsMatch(experiment.Id ?? ""), "id", "Use 1 to 60 lower-case letters, digits and dashes, starting with a letter.");
        Ask(IsText(experiment.Title, 100), "title", "Give a title of at most 100 characters.");
        Ask(IsText(experiment.Hypothesis, 1000), "hypothesis", "Say what you believe will hold, in at most 1000 characters.");
        Ask(IsText(experiment.Service, 200), "service", "Name the service, in at most 200 characters.");
        var faults = experiment.Faults.IsDefault ? [] : experiment.Faults;
        if (experiment.Template is { } template)
        {
            Ask(IsTemplateId(template), "template", "Name a template by its id: up to 64 letters, digits and dashes.");
            Ask(experiment.Duration >= MinDuration && experiment.Duration <= MaxTemplateDuration, "duration", "Last 5 seconds to 12 hours.");
            Ask(faults.Length == 0, "faults", "Leave the faults out: the template says what is done.");
        }
        else
        {
            Ask(experiment.Duration >= MinDuration && experiment.Duration <= MaxDuration, "duration", "Last 5 seconds to 1 hour.");
            Ask(faults.Length is >= 1 and <= MaxParts, "faults", $"Inject 1 to {MaxParts} faults.");
        }

        for (var i = 0; i < faults.Length; i++)
        {
            ValidateFault(faults[i], experiment.Duration, $"faults[{i}].", Ask);
        }

        ValidateSafeguards(experiment.Safeguards, Ask);

        var actions = experiment.RollbackActions.IsDefault ? [] : experiment.RollbackActions;
        Ask(actions.Length <= MaxParts, "rollbackActions", $"Name at most {MaxParts} rollback actions.");
        for (var i = 0; i < actions.Length; i++)
        {
            var member = $"rollbackActions[{i}].";
            Ask(Enum.IsDefined(actions[i].Kind), member + "kind", "This action is not known.");
            var turnsOff = actions[i].Kind == RollbackActionKind.TurnFlagOff;
            Ask(!turnsOff || IsText(actions[i].Flag, 100), member + "flag", "Name the flag that is turned off.");
            Ask(turnsOff || string.IsNullOrEmpty(actions[i].Flag), member + "flag", "Only turning a flag off takes a flag.");
            var runs = actions[i].Kind == RollbackActionKind.RunRunbook;
            Ask(!runs || IsText(actions[i].Runbook, 100), member + "runbook", "Name the runbook that is carried out.");
            Ask(runs || string.IsNullOrEmpty(actions[i].Runbook), member + "runbook", "Only carrying a runbook out takes a runbook.");
        }

        return found.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
    }

    private static void ValidateSafeguards(Safeguards? safeguards, Action<bool, string, string> ask)
    {
        ask(
            safeguards?.MaxErrorRate is not null || safeguards?.MaxLatency is not null,
            "safeguards",
            "Set at least one limit: nothing else stops a run that hurts.");
        ask(
            safeguards?.MaxErrorRate is null or (> 0 and <= 100),
            "safeguards.maxErrorRate",
            "Set over 0 to 100 %.");
        ask(
            safeguards?.MaxLatency is null or (> 0 and <= 600_000),
            "safeguards.maxLatency",
            "Set over 0 to 600000 ms.");
    }

    private static void ValidateFault(FaultSpec fault, TimeSpan duration, string member, Action<bool, string, string> ask)
    {
        ask(Enum.IsDefined(fault.Kind) && fault.Kind != FaultKind.TemplateAction, member + "kind", "This kind of fault is not known.");
        ask(string.IsNullOrEmpty(fault.Action), member + "action", "Only a template takes actions.");
        ask(
            !fault.Kind.NeedsDependency() || IsText(fault.Dependency, 100),
            member + "dependency",
            "Name the dependency whose calls are touched.");
        ask(
            fault.Kind.NeedsDependency() || string.IsNullOrEmpty(fault.Dependency),
            member + "dependency",
            "Only the dependency kinds take a dependency.");
        ask(
            string.IsNullOrEmpty(fault.Route) || (fault.Kind.IsInbound() && fault.Route.StartsWith('/') && fault.Route.Length <= 200),
            member + "route",
            "Give the start of a path, with its leading slash, and only for faults of requests that come in.");
        if (fault.Kind.HasDelay())
        {
            ask(
                fault.Delay >= TimeSpan.FromMilliseconds(1) && fault.Delay <= MaxDelay, member + "delay", "Delay by 1 ms to 60 s.");
            ask(
                fault.Jitter >= TimeSpan.Zero && fault.Jitter <= fault.Delay, member + "jitter", "Vary by 0 ms up to the delay.");
        }

        ask(
            fault.Kind != FaultKind.Error || fault.StatusCode is >= 500 and <= 599, member + "statusCode", "Answer with 500 to 599.");
        ask(fault.Instances is null or >= 1, member + "instances", "Touch at least one instance, or leave it empty for all.");
        ask(
            fault.Kind != FaultKind.InstanceTermination || fault.Instances is not null,
            member + "instances",
            "Say how many instances go down: never all of them.");
        ask(fault.Share is > 0 and <= 100, member + "share", "Touch over 0 to 100 % of the requests.");
        ask(
            fault.StartAfter >= TimeSpan.Zero && fault.StartAfter < duration,
            member + "startAfter",
            "Begin at the run's start or later, but before its end.");
        ask(
            fault.Duration is null || fault.Duration > TimeSpan.Zero, member + "duration", "Last for more than nothing.");
        ask(
            fault.Duration is null || fault.StartAfter + fault.Duration <= duration,
            member + "duration",
            "End before the run does.");
    }

    private static bool IsText(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,59}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Key();

    [GeneratedRegex("^[A-Za-z0-9-]{1,64}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex TemplateId();
}
