using OpsConsole.Core.Flags;
using OpsConsole.Core.Flags.Evaluation;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>Turns a decision into what the protocol answers. OFF is always an explicit value: without one the code's default, maybe ON, would take over.</summary>
internal static class OfrepEvaluator
{
    public const string TargetingKeyMissing = "TARGETING_KEY_MISSING";

    public static OfrepEvaluation Evaluate(FlagBoard board, FlagView view, string? targetingKey)
    {
        var rule = board.Rules.Find(view.Flag.Key)!;
        var decision = rule.Decide(targetingKey);
        if (decision.Cause == FlagCause.TargetingKeyMissing)
        {
            return new(
                view.Flag.Key, null, null, null, TargetingKeyMissing, "The flag is served to a percentage: send a “targetingKey”.", Metadata(view, rule));
        }

        // The gate knows whether it is shut for want of evidence, which the evaluator does not.
        var reason = decision.Cause == FlagCause.GateShut ? view.Reason : decision.Reason;
        return new(view.Flag.Key, decision.Served, reason, decision.Variant, null, null, Metadata(view, rule));
    }

    private static OfrepFlagMetadata Metadata(FlagView view, FlagRule rule) => new(
        view.Flag is { Enabled: true, Archived: false },
        view.Flag.Percentage,
        Gated: view.Flag.Conditions is not null,
        view.GateOpen,
        view.Flag.Conditions is { HoldThroughUnknown: true } ? true : null,
        rule.Definition.Prerequisites.Count == 0 ? null : string.Join(',', rule.Definition.Prerequisites));
}
