namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>What decided.</summary>
internal enum FlagCause
{
    /// <summary>Everything that must hold holds.</summary>
    Served,

    /// <summary>The flag is archived.</summary>
    Archived,

    /// <summary>The operator's intent is OFF.</summary>
    IntentOff,

    /// <summary>A prerequisite is not served, or unknown, or waits for this very flag.</summary>
    PrerequisiteOff,

    /// <summary>A percentage cannot be decided without a targeting key.</summary>
    TargetingKeyMissing,

    /// <summary>The targeting key is not in the share that is served.</summary>
    OutsideShare,

    /// <summary>Health does not allow it.</summary>
    GateShut,

    /// <summary>Health allowed it, but that permission has run out.</summary>
    LeaseOver,
}

/// <summary>What an application gets, and what decided it.</summary>
/// <param name="Cause">What decided.</param>
/// <param name="Split">Whether a percentage had a say.</param>
internal readonly record struct FlagDecision(FlagCause Cause, bool Split = false)
{
    /// <summary>What an application gets.</summary>
    public bool Served => Cause == FlagCause.Served;

    /// <summary>The name of the variant that is served.</summary>
    public string Variant => Served ? "on" : "off";

    /// <summary>
    /// OpenFeature's reason. Health and prerequisites are rules that are looked at anew each time, hence TARGETING_MATCH and never
    /// STATIC, which a client may keep for good, nor DISABLED, which some clients answer with the default of the code.
    /// </summary>
    public string Reason => Cause switch
    {
        FlagCause.Served or FlagCause.OutsideShare => Split ? "SPLIT" : "STATIC",
        FlagCause.Archived or FlagCause.IntentOff => "DISABLED",
        FlagCause.PrerequisiteOff or FlagCause.GateShut => "TARGETING_MATCH",
        _ => "UNKNOWN",
    };
}
