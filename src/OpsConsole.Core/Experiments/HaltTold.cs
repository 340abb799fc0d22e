namespace OpsConsole.Core.Experiments;

/// <summary>What the timeline says of a run's halt; each step says more than the one before it.</summary>
public enum HaltTold
{
    /// <summary>Nothing, or there was none.</summary>
    Nothing,

    /// <summary>Who halted it, and why.</summary>
    Halted,

    /// <summary>That the faults are not proven gone everywhere.</summary>
    Unconfirmed,

    /// <summary>That every fault is proven gone.</summary>
    Confirmed,
}
