namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>The one sentence that says why a flag is served or not.</summary>
internal static class FlagSentence
{
    /// <summary>Writes the sentence.</summary>
    /// <param name="rule">The flag.</param>
    /// <param name="decision">What was decided about it.</param>
    /// <param name="health">What health says, e.g. <c>error rate 7.2 % > 5 % for 14 s</c>; <see langword="null"/> for a flag without conditions.</param>
    public static string Write(FlagRule rule, FlagDecision decision, string? health)
    {
        var share = rule.Definition.Percentage is { } percentage ? $" for {percentage} %" : "";
        return decision.Cause switch
        {
            FlagCause.Served when health is null => $"Requested ON{share}, serving ON",
            FlagCause.Served => $"Requested ON{share}, serving ON: {health}",
            FlagCause.Archived => "Archived, serving OFF",
            FlagCause.IntentOff => "Requested OFF, serving OFF",
            FlagCause.PrerequisiteOff => $"Requested ON{share}, serving OFF: {Missing(rule)}",
            FlagCause.TargetingKeyMissing => $"Requested ON{share}, serving OFF: a percentage needs a targeting key",
            FlagCause.OutsideShare => $"Requested ON{share}, serving OFF: outside the share that is served",
            FlagCause.GateShut => $"Requested ON{share}, serving OFF: {health ?? "health does not allow it"}",
            FlagCause.LeaseOver => $"Requested ON{share}, serving OFF: nothing was heard of the console for too long",
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Not a cause."),
        };
    }

    private static string Missing(FlagRule rule)
    {
        if (!rule.PrerequisitesKnown)
        {
            return $"a prerequisite is unknown or waits for this flag ({string.Join(", ", rule.Definition.Prerequisites)})";
        }

        var missing = rule.Prerequisites.FirstOrDefault(prerequisite => !prerequisite.DecideForAnybody().Served);
        return missing is null ? "a prerequisite is not served" : $"prerequisite “{missing.Definition.Key}” is not served";
    }
}
