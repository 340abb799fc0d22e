namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>A flag as the evaluator needs it, before its prerequisites are looked up.</summary>
/// <param name="Key">The flag's key.</param>
/// <param name="Enabled">The operator's intent.</param>
/// <param name="Archived">Whether it is archived.</param>
/// <param name="Percentage">The share of targeting keys that are served; <see langword="null"/> for everybody.</param>
/// <param name="GateOpen">Whether health allows it; <see langword="true"/> for a flag without conditions.</param>
/// <param name="Leased">Whether health's permission runs out unless it is renewed.</param>
/// <param name="Prerequisites">The keys of the flags that must be served, too.</param>
internal readonly record struct FlagDefinition(
    string Key, bool Enabled, bool Archived, int? Percentage, bool GateOpen, bool Leased, IReadOnlyList<string> Prerequisites);

/// <summary>
/// The one place where a flag is decided: intent, then prerequisites, then percentage, then health. Immutable; deciding allocates nothing.
/// </summary>
internal sealed class FlagRule
{
    private readonly Bucketing _bucketing;
    private readonly FlagRule[] _prerequisites;
    private readonly FlagDecision _withoutKey;

    /// <summary>Links a flag with its prerequisites.</summary>
    /// <param name="definition">The flag.</param>
    /// <param name="prerequisites">The flags that must be served, too; <see langword="null"/> if one is unknown or waits for this very flag.</param>
    public FlagRule(FlagDefinition definition, FlagRule[]? prerequisites)
    {
        Definition = definition;
        _bucketing = new(definition.Key);
        _prerequisites = prerequisites ?? [];
        PrerequisitesKnown = prerequisites is not null;
        NeedsLease = definition.Leased || _prerequisites.Any(rule => rule.NeedsLease);
        NeedsTargetingKey = definition.Percentage is not null || _prerequisites.Any(rule => rule.NeedsTargetingKey);
        _withoutKey = Evaluate(targetingKey: null);
        AlwaysOn = _withoutKey.Served && !NeedsLease;
    }

    public FlagDefinition Definition { get; }

    public bool PrerequisitesKnown { get; }

    /// <summary>Whether an ON rests on a permission that runs out, of its own or of a prerequisite.</summary>
    public bool NeedsLease { get; }

    /// <summary>Whether it is served to everybody, for as long as nothing changes.</summary>
    public bool AlwaysOn { get; }

    /// <summary>Whether somebody without a targeting key cannot be served, because of its own percentage or of a prerequisite's.</summary>
    public bool NeedsTargetingKey { get; }

    /// <summary>The prerequisites, known ones only.</summary>
    public IReadOnlyList<FlagRule> Prerequisites => _prerequisites;

    /// <summary>Decides for a caller, as if every permission were fresh.</summary>
    /// <param name="targetingKey">Who asks; <see langword="null"/> or empty for nobody in particular.</param>
    public FlagDecision Decide(string? targetingKey) =>
        NeedsTargetingKey && !string.IsNullOrEmpty(targetingKey) ? Evaluate(targetingKey) : _withoutKey;

    /// <summary>Whether anybody is served: the decision without looking at percentages, except for those of nought.</summary>
    public FlagDecision DecideForAnybody() => Evaluate(targetingKey: null, anybody: true);

    private FlagDecision Evaluate(string? targetingKey, bool anybody = false)
    {
        if (Definition.Archived)
        {
            return new(FlagCause.Archived);
        }

        if (!Definition.Enabled)
        {
            return new(FlagCause.IntentOff);
        }

        if (!PrerequisitesKnown)
        {
            return new(FlagCause.PrerequisiteOff);
        }

        var split = false;
        foreach (var prerequisite in _prerequisites)
        {
            var decision = prerequisite.Evaluate(targetingKey, anybody);
            split |= decision.Split;
            if (!decision.Served)
            {
                return new(decision.Cause == FlagCause.TargetingKeyMissing ? decision.Cause : FlagCause.PrerequisiteOff, split);
            }
        }

        if (Definition.Percentage is { } percentage)
        {
            split = true;
            if (anybody)
            {
                if (percentage == 0)
                {
                    return new(FlagCause.OutsideShare, split);
                }
            }
            else if (targetingKey is null)
            {
                return new(FlagCause.TargetingKeyMissing, split);
            }
            else if (_bucketing.Bucket(targetingKey) >= percentage)
            {
                return new(FlagCause.OutsideShare, split);
            }
        }

        return new(Definition.GateOpen ? FlagCause.Served : FlagCause.GateShut, split);
    }
}
