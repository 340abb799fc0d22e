using OpsConsole.Core.Experiments;

namespace OpsConsole.Features.Experiments;

/// <summary>Which runs to show.</summary>
internal sealed record RunFilter(string? Experiment, string? Service, string? State, string? Verdict, int Limit)
{
    /// <summary>What is wrong with it, if anything.</summary>
    public (string Member, string Message)? Problem() =>
        Limit is < 1 or > 1000 ? ("limit", "Ask for 1 to 1000 runs.")
        : !Knows<RunState>(State) ? ("state", $"Use one of {string.Join(", ", Enum.GetNames<RunState>())}.")
        : !Knows<Verdict>(Verdict) ? ("verdict", $"Use one of {string.Join(", ", Enum.GetNames<Verdict>())}.")
        : null;

    public IEnumerable<Run> Apply(IEnumerable<Run> runs) => runs
        .Where(run => string.IsNullOrEmpty(Experiment) || run.Experiment.Id == Experiment)
        .Where(run => string.IsNullOrEmpty(Service) || run.Experiment.Service == Service)
        .Where(run => string.IsNullOrEmpty(State) || string.Equals(run.State.ToString(), State, StringComparison.OrdinalIgnoreCase))
        .Where(run => string.IsNullOrEmpty(Verdict) || string.Equals(run.Verdict?.ToString(), Verdict, StringComparison.OrdinalIgnoreCase))
        .Take(Limit);

    private static bool Knows<T>(string? name)
        where T : struct, Enum =>
        string.IsNullOrEmpty(name) || Enum.GetNames<T>().Contains(name, StringComparer.OrdinalIgnoreCase);
}
