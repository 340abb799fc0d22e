using Amazon.FIS;
using Amazon.FIS.Model;
using OpsConsole.Core.Experiments;
using FisExperiment = Amazon.FIS.Model.Experiment;

namespace OpsConsole.Aws.Experiments;

/// <summary>What the states of experiments and actions in FIS mean here. A state that is not known yet is taken to go on.</summary>
internal static class FisStates
{
    public static bool IsFinal(ExperimentState? state) => state?.Status?.Value is { } status
        && (status == ExperimentStatus.Completed.Value || status == ExperimentStatus.Stopped.Value
            || status == ExperimentStatus.Failed.Value || status == ExperimentStatus.Cancelled.Value);

    /// <summary>Whether an action is in force; <see langword="null"/> if that cannot be told.</summary>
    public static bool? IsActive(ExperimentAction action)
    {
        var status = action.State?.Status?.Value;
        return status == ExperimentActionStatus.Running.Value || status == ExperimentActionStatus.Stopping.Value || status == ExperimentActionStatus.Initiating.Value ? true
            : IsDone(action) || status == ExperimentActionStatus.Pending.Value ? false
            : null;
    }

    /// <summary>Whether an action will do nothing any more.</summary>
    public static bool IsDone(ExperimentAction action) => action.State?.Status?.Value is { } status
        && (status == ExperimentActionStatus.Completed.Value || status == ExperimentActionStatus.Stopped.Value
            || status == ExperimentActionStatus.Failed.Value || status == ExperimentActionStatus.Cancelled.Value
            || status == ExperimentActionStatus.Skipped.Value);

    /// <summary>How an experiment stands, in the words of the port.</summary>
    public static EngineStanding Standing(FisExperiment experiment)
    {
        var status = experiment.State?.Status?.Value;
        var sentence = Sentence(experiment);
        return status == ExperimentStatus.Completed.Value ? new EngineStanding.Completed(sentence)
            : status == ExperimentStatus.Stopped.Value ? new EngineStanding.Stopped(sentence, StopAlarm(experiment))
            : status == ExperimentStatus.Failed.Value || status == ExperimentStatus.Cancelled.Value ? new EngineStanding.Failed(sentence)
            : EngineStanding.Going.On;
    }

    /// <summary>Where an experiment stands and why, in a sentence.</summary>
    public static string Sentence(FisExperiment experiment)
    {
        var state = experiment.State;
        var why = string.IsNullOrWhiteSpace(state?.Reason) ? "" : $": {state.Reason.TrimEnd('.')}";
        var error = state?.Error?.Code is { Length: > 0 } code
            ? $" ({string.Join(", ", new[] { code, state.Error.Location, state.Error.AccountId }.Where(part => !string.IsNullOrEmpty(part)))})"
            : "";
        return $"Experiment {experiment.Id} in AWS FIS is {state?.Status?.Value ?? "in a state that it does not name"}{why}{error}.";
    }

    private static string? StopAlarm(FisExperiment experiment) =>
        experiment.State?.Reason is { } reason && reason.Contains("stop condition", StringComparison.OrdinalIgnoreCase)
            ? $"a stop condition of the template ({reason.TrimEnd('.')})"
            : null;
}
