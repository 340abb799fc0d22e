using OpsConsole.Core.Experiments;

namespace OpsConsole.Embedded.Faults;

/// <summary>What was ordered for a run. Times are on the console's monotonic clock; everything is read and written under the engine's lock.</summary>
internal sealed class OrderedRun(string runId, long epoch, long renewedAt, List<OrderedFault> faults)
{
    public string RunId { get; } = runId;

    public long Epoch { get; } = epoch;

    /// <summary>When the supervisor last renewed it.</summary>
    public long RenewedAt { get; set; } = renewedAt;

    public bool Stopped { get; set; }

    public List<OrderedFault> Faults { get; } = faults;
}

/// <summary>One fault at one instance, and how far the proof is that it is gone.</summary>
internal sealed class OrderedFault(PlannedFault planned, Agent agent, long startAt, long endAt, long deadline)
{
    public PlannedFault Planned { get; } = planned;

    /// <summary>Who carries it out: the instance's own agent, or the fleet's for what happens to the instance from outside.</summary>
    public Agent Agent { get; } = agent;

    public long StartAt { get; } = startAt;

    public long EndAt { get; } = endAt;

    public long Deadline { get; } = deadline;

    /// <summary>The plan with which it was started, and after the stop the plan without it.</summary>
    public long Sequence { get; set; }

    public bool? Active { get; set; }

    public long Injected { get; set; }

    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>The injected counter of the last report after the stop that said that nothing is active.</summary>
    public long? QuietAt { get; private set; }

    /// <summary>Two reports after the stop said that nothing is active, and the injected counter did not move between them.</summary>
    public bool Proven { get; private set; }

    public void Hear(bool active, long injected, DateTimeOffset at, bool stopped)
    {
        Active = active;
        Injected = injected;
        ReportedAt = at;
        if (!stopped)
        {
            return;
        }

        Proven = !active && QuietAt == injected;
        QuietAt = active ? null : injected;
    }

    public void Stop(long sequence)
    {
        Sequence = sequence;
        Active = null;
        QuietAt = null;
        Proven = false;
    }
}
