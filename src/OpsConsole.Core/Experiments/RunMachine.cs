using System.Collections.Immutable;

namespace OpsConsole.Core.Experiments;

/// <summary>What may be done with a run and with a definition, as they stand: the one table that the buttons, the API and the services ask.</summary>
public static class RunMachine
{
    private static readonly ImmutableDictionary<RunState, ImmutableArray<RunState>> Next =
        new Dictionary<RunState, ImmutableArray<RunState>>
        {
            [RunState.Preflight] = [RunState.Starting, RunState.Refused, RunState.Failed, RunState.Aborted],
            [RunState.Starting] = [RunState.Running, RunState.Halting, RunState.Failed, RunState.Aborted],
            [RunState.Running] = [RunState.Halting, RunState.Recovering, RunState.Failed, RunState.Aborted],
            [RunState.Halting] = [RunState.Recovering, RunState.Failed, RunState.Aborted],
            [RunState.Recovering] = [RunState.Completed, RunState.Halted, RunState.Failed, RunState.Aborted],
        }.ToImmutableDictionary();

    /// <summary>Whether a run may enter a state from where it stands.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">The state.</param>
    public static bool CanEnter(this Run run, RunState state) =>
        Next.TryGetValue(run.State, out var next) && next.Contains(state);

    /// <summary>The run in its next state, with the step written down.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">The state to enter.</param>
    /// <param name="at">When.</param>
    /// <param name="why">Why; one sentence.</param>
    /// <exception cref="InvalidOperationException">The machine has no such step.</exception>
    public static Run Enter(this Run run, RunState state, DateTimeOffset at, string why)
    {
        if (!run.CanEnter(state))
        {
            throw new InvalidOperationException($"A run that is {run.State} cannot become {state}.");
        }

        var entered = run with { State = state, Phases = run.Phases.Add(new RunPhase(state, at, why)) };
        return entered.IsOver ? entered with { EndedAt = at } : entered;
    }

    /// <summary>Whether a halt makes sense. A halt that is under way may be pressed again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why not.</param>
    public static bool CanHalt(this Run run, out string reason)
    {
        reason = run.State switch
        {
            RunState.Preflight or RunState.Starting or RunState.Running or RunState.Halting => "",
            RunState.Recovering when !run.Unconfirmed.IsEmpty => "",
            RunState.Recovering => "Its faults are gone already; the service is on its way back.",
            RunState.Refused => "It was refused: nothing was ever injected.",
            _ => $"It is over ({run.State}); nothing is injected any more.",
        };
        return reason.Length == 0;
    }

    /// <summary>Whether lessons may be written.</summary>
    /// <param name="run">The run.</param>
    /// <param name="reason">Why not.</param>
    public static bool CanWriteLessons(this Run run, out string reason)
    {
        reason = run.IsOver ? "" : "Lessons are written when the run is over.";
        return run.IsOver;
    }

    /// <summary>Whether a run of this definition could be asked for now; the preflight decides the rest.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="runs">What runs now, and the safety lever.</param>
    /// <param name="reason">Why not, and what would mend it.</param>
    public static bool CanLaunch(this Experiment experiment, RunSnapshot runs, out string reason)
    {
        var other = runs.Active.Find(run => run.Experiment.Service == experiment.Service);
        reason = runs.Lever.Engaged ? LeverSentence(runs.Lever)
            : other is not null
                ? $"Run {other.Id} of {other.Experiment.Id} is {other.State} on {experiment.Service}. Wait for it, or halt it."
            : "";
        return reason.Length == 0;
    }

    /// <summary>Whether a definition may be changed or deleted.</summary>
    /// <param name="experiment">The definition.</param>
    /// <param name="reason">Why not, and what would mend it.</param>
    public static bool CanChange(this Experiment experiment, out string reason)
    {
        reason = !experiment.BuiltIn ? ""
            : experiment is { Template: { } template, TemplateParameter: null }
                ? $"It stands for the template {template}. Change that, or copy it to watch another service or to set other limits."
            : "It came with the console. Copy it and change the copy.";
        return reason.Length == 0;
    }

    /// <summary>Who engaged the safety lever and why.</summary>
    /// <param name="lever">The engaged lever.</param>
    public static string LeverSentence(SafetyLever lever) =>
        $"The safety lever is engaged by {lever.Actor}{(lever.At is { } at ? $" since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "")}: {lever.Reason}";
}
