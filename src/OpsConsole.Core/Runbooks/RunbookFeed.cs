using System.Collections.Immutable;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Runbooks;

/// <summary>The executions that are not over, and the newest that are.</summary>
/// <param name="Executions">Newest first.</param>
/// <param name="ReadAt">When they were last read; <see langword="null"/> before the first time.</param>
/// <param name="Problem">Why they could not be read the last time; <see langword="null"/> if they could.</param>
public sealed record RunbookSnapshot(ImmutableList<RunbookExecution> Executions, DateTimeOffset? ReadAt, string? Problem)
{
    /// <summary>Before they were read.</summary>
    public static RunbookSnapshot Empty { get; } = new([], ReadAt: null, Problem: null);

    /// <summary>One of them, or <see langword="null"/>.</summary>
    /// <param name="id">Its id.</param>
    public RunbookExecution? Find(string id) => Executions.Find(execution => execution.Id == id);
}

/// <summary>The live state of runbooks.</summary>
public sealed class RunbookFeed() : LiveFeed<RunbookSnapshot>(RunbookSnapshot.Empty);
