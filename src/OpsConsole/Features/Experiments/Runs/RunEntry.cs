using OpsConsole.Core.Experiments;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Experiments.Runs;

/// <summary>A run that is not over, or whose end is not on disk yet: as it is here, and what is known of the disk.</summary>
internal sealed class RunEntry(Stored<Run> stored)
{
    /// <summary>The run as it is now. The book alone changes it.</summary>
    public Run Run { get; set; } = stored.Value;

    /// <summary>Of what is on disk, as last seen.</summary>
    public long Revision { get; set; } = stored.Revision;

    /// <summary>Whether the disk is behind, because the store was gone or somebody else had to say it.</summary>
    public bool Late { get; set; }

    /// <summary>One write at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);
}
