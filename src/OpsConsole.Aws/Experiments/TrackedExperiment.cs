using Amazon.FIS.Model;
using OpsConsole.Core.Experiments;
using ExperimentTemplate = OpsConsole.Core.Experiments.Templates.ExperimentTemplate;
using FisExperiment = Amazon.FIS.Model.Experiment;

namespace OpsConsole.Aws.Experiments;

/// <summary>An experiment in FIS that belongs to a run, as it was last read.</summary>
/// <param name="runId">The run.</param>
/// <param name="id">The experiment.</param>
internal sealed class TrackedExperiment(string runId, string id)
{
    private readonly Lock _gate = new();
    private FisExperiment? _read;
    private DateTimeOffset? _readAt;
    private IReadOnlyDictionary<string, int> _struck = new Dictionary<string, int>(StringComparer.Ordinal);

    public string RunId => runId;

    public string Id => id;

    /// <summary>The reading that goes on now.</summary>
    public Task Reading { get; set; } = Task.CompletedTask;

    /// <summary>When the newest reading began, on the monotonic clock.</summary>
    public long ReadingSince { get; set; }

    /// <summary>Why it could not be stopped at the last try.</summary>
    public string? StopProblem { get; set; }

    /// <summary>Why it could not be read at the last try.</summary>
    public string? ReadProblem { get; set; }

    public FisExperiment? Last
    {
        get
        {
            lock (_gate)
            {
                return _read;
            }
        }
    }

    public bool IsOver => Last is { } read && FisStates.IsFinal(read.State);

    /// <summary>Whether the resources that it strikes were asked for.</summary>
    public bool IsResolved { get; private set; }

    /// <summary>Takes what was read. What is over stays over: answers may overtake each other.</summary>
    public void Take(FisExperiment experiment, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_read is null || !FisStates.IsFinal(_read.State))
            {
                (_read, _readAt) = (experiment, at);
            }
        }
    }

    /// <summary>Takes how many resources each target resolved to.</summary>
    public void Take(IReadOnlyList<ResolvedTarget> resolved)
    {
        lock (_gate)
        {
            _struck = resolved.GroupBy(target => target.TargetName ?? "", StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
            IsResolved = true;
        }
    }

    /// <summary>What is said of each action.</summary>
    public IReadOnlyList<FaultReport> Reports()
    {
        lock (_gate)
        {
            return _read is null ? [] : [.. Actions(_read).Select(action => Report(action.Key, action.Value))];
        }
    }

    /// <summary>The actions that may still do something.</summary>
    public IReadOnlyList<string> Open()
    {
        lock (_gate)
        {
            return _read is null ? []
                : [.. Actions(_read).Where(action => !FisStates.IsDone(action.Value)).Select(action => Planned(action.Key, action.Value).Target)];
        }
    }

    /// <summary>What it does, as faults.</summary>
    public IReadOnlyList<PlannedFault> Faults()
    {
        lock (_gate)
        {
            return _read is null ? [] : [.. Actions(_read).Select(action => Planned(action.Key, action.Value))];
        }
    }

    private static IEnumerable<KeyValuePair<string, ExperimentAction>> Actions(FisExperiment experiment) =>
        (experiment.Actions ?? []).OrderBy(action => action.Key, StringComparer.Ordinal);

    private PlannedFault Planned(string name, ExperimentAction action) => ExperimentTemplate.PlanOf(
        runId, name, action.ActionId ?? "", (action.Targets?.Values ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal));

    private FaultReport Report(string name, ExperimentAction action)
    {
        var planned = Planned(name, action);
        var struck = action.StartTime is null ? 0 : (action.Targets?.Values ?? Enumerable.Empty<string>()).Sum(target => _struck.GetValueOrDefault(target));
        var status = action.State?.Status?.Value ?? "no state";
        return new(
            planned.FaultId,
            planned.Target,
            FaultKind.TemplateAction,
            FisStates.IsActive(action),
            struck,
            _readAt,
            string.IsNullOrWhiteSpace(action.State?.Reason) ? status : $"{status}: {action.State.Reason}");
    }
}
