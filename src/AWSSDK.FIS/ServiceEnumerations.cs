using Amazon.Runtime;

namespace Amazon.FIS;

/// <summary>Whether an experiment reaches into other accounts.</summary>
/// <param name="value">The value on the wire.</param>
public class AccountTargeting(string value) : ConstantClass(value)
{
    public static readonly AccountTargeting MultiAccount = new("multi-account");
    public static readonly AccountTargeting SingleAccount = new("single-account");

    public static implicit operator AccountTargeting(string value) => FindValue(value);

    public static AccountTargeting FindValue(string value) => FindValue<AccountTargeting>(value);
}

/// <summary>Whether an experiment acts, or only resolves its targets.</summary>
/// <param name="value">The value on the wire.</param>
public class ActionsMode(string value) : ConstantClass(value)
{
    public static readonly ActionsMode RunAll = new("run-all");
    public static readonly ActionsMode SkipAll = new("skip-all");

    public static implicit operator ActionsMode(string value) => FindValue(value);

    public static ActionsMode FindValue(string value) => FindValue<ActionsMode>(value);
}

/// <summary>What becomes of an experiment whose target resolves to nothing.</summary>
/// <param name="value">The value on the wire.</param>
public class EmptyTargetResolutionMode(string value) : ConstantClass(value)
{
    public static readonly EmptyTargetResolutionMode Fail = new("fail");
    public static readonly EmptyTargetResolutionMode Skip = new("skip");

    public static implicit operator EmptyTargetResolutionMode(string value) => FindValue(value);

    public static EmptyTargetResolutionMode FindValue(string value) => FindValue<EmptyTargetResolutionMode>(value);
}

/// <summary>Where an action stands.</summary>
/// <param name="value">The value on the wire.</param>
public class ExperimentActionStatus(string value) : ConstantClass(value)
{
    public static readonly ExperimentActionStatus Cancelled = new("cancelled");
    public static readonly ExperimentActionStatus Completed = new("completed");
    public static readonly ExperimentActionStatus Failed = new("failed");
    public static readonly ExperimentActionStatus Initiating = new("initiating");
    public static readonly ExperimentActionStatus Pending = new("pending");
    public static readonly ExperimentActionStatus Running = new("running");
    public static readonly ExperimentActionStatus Skipped = new("skipped");
    public static readonly ExperimentActionStatus Stopped = new("stopped");
    public static readonly ExperimentActionStatus Stopping = new("stopping");

    public static implicit operator ExperimentActionStatus(string value) => FindValue(value);

    public static ExperimentActionStatus FindValue(string value) => FindValue<ExperimentActionStatus>(value);
}

/// <summary>How far a report is.</summary>
/// <param name="value">The value on the wire.</param>
public class ExperimentReportStatus(string value) : ConstantClass(value)
{
    public static readonly ExperimentReportStatus Cancelled = new("cancelled");
    public static readonly ExperimentReportStatus Completed = new("completed");
    public static readonly ExperimentReportStatus Failed = new("failed");
    public static readonly ExperimentReportStatus Pending = new("pending");
    public static readonly ExperimentReportStatus Running = new("running");

    public static implicit operator ExperimentReportStatus(string value) => FindValue(value);

    public static ExperimentReportStatus FindValue(string value) => FindValue<ExperimentReportStatus>(value);
}

/// <summary>Where an experiment stands; <see cref="Completed"/>, <see cref="Stopped"/>, <see cref="Failed"/> and <see cref="Cancelled"/> are final.</summary>
/// <param name="value">The value on the wire.</param>
public class ExperimentStatus(string value) : ConstantClass(value)
{
    public static readonly ExperimentStatus Cancelled = new("cancelled");
    public static readonly ExperimentStatus Completed = new("completed");
    public static readonly ExperimentStatus Failed = new("failed");
    public static readonly ExperimentStatus Initiating = new("initiating");
    public static readonly ExperimentStatus Pending = new("pending");
    public static readonly ExperimentStatus Running = new("running");
    public static readonly ExperimentStatus Stopped = new("stopped");
    public static readonly ExperimentStatus Stopping = new("stopping");

    public static implicit operator ExperimentStatus(string value) => FindValue(value);

    public static ExperimentStatus FindValue(string value) => FindValue<ExperimentStatus>(value);
}

/// <summary>Where the safety lever stands.</summary>
/// <param name="value">The value on the wire.</param>
public class SafetyLeverStatus(string value) : ConstantClass(value)
{
    public static readonly SafetyLeverStatus Disengaged = new("disengaged");
    public static readonly SafetyLeverStatus Engaged = new("engaged");
    public static readonly SafetyLeverStatus Engaging = new("engaging");

    public static implicit operator SafetyLeverStatus(string value) => FindValue(value);

    public static SafetyLeverStatus FindValue(string value) => FindValue<SafetyLeverStatus>(value);
}

/// <summary>Where the safety lever shall stand.</summary>
/// <param name="value">The value on the wire.</param>
public class SafetyLeverStatusInput(string value) : ConstantClass(value)
{
    public static readonly SafetyLeverStatusInput Disengaged = new("disengaged");
    public static readonly SafetyLeverStatusInput Engaged = new("engaged");

    public static implicit operator SafetyLeverStatusInput(string value) => FindValue(value);

    public static SafetyLeverStatusInput FindValue(string value) => FindValue<SafetyLeverStatusInput>(value);
}
