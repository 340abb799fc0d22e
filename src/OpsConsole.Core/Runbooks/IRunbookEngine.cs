using System.Collections.Immutable;

namespace OpsConsole.Core.Runbooks;

/// <summary>What an execution is started with.</summary>
/// <param name="ClientToken">One token, one execution, however often it is sent.</param>
/// <param name="Document">The document.</param>
/// <param name="Version">Its version; empty for the default one.</param>
/// <param name="Parameters">The parameters, filled in.</param>
public sealed record RunbookOrder(
    Guid ClientToken, string Document, string Version, ImmutableSortedDictionary<string, ImmutableArray<string>> Parameters);

/// <summary>What became of a start.</summary>
public abstract record RunbookStart
{
    private RunbookStart()
    {
    }

    /// <summary>It is on its way, or was already under the same token.</summary>
    /// <param name="EngineId">Its id at the engine.</param>
    public sealed record Started(string EngineId) : RunbookStart;

    /// <summary>The engine will not start it; nothing was started.</summary>
    /// <param name="Why">Why, and what would mend it; one sentence.</param>
    public sealed record Refused(string Why) : RunbookStart;

    /// <summary>Whether it was started is not known; sending it again is harmless.</summary>
    /// <param name="Why">What went wrong; one sentence.</param>
    public sealed record Unanswered(string Why) : RunbookStart;
}

/// <summary>What was heard of an execution.</summary>
public abstract record RunbookReading
{
    private RunbookReading()
    {
    }

    /// <summary>How it stands.</summary>
    /// <param name="State">Where it stands.</param>
    /// <param name="Status">The engine's own word.</param>
    /// <param name="StartedAt">When it began.</param>
    /// <param name="EndedAt">When it ended.</param>
    /// <param name="Steps">Its steps.</param>
    /// <param name="Failure">Why it failed, in the engine's words.</param>
    public sealed record Read(
        RunbookState State, string Status, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, ImmutableArray<RunbookStep> Steps, string? Failure)
        : RunbookReading;

    /// <summary>The engine knows no such execution.</summary>
    public sealed record Missing : RunbookReading;

    /// <summary>The engine cannot be asked now.</summary>
    /// <param name="Why">Why, and what would mend it; one sentence.</param>
    public sealed record Unreadable(string Why) : RunbookReading;
}

/// <summary>What became of a command to an execution.</summary>
/// <param name="Taken">Whether the engine took it, or it was needless.</param>
/// <param name="Why">Why not, and what would mend it; one sentence.</param>
public sealed record RunbookCommand(bool Taken, string Why)
{
    /// <summary>The engine took it.</summary>
    public static RunbookCommand Done { get; } = new(Taken: true, "");
}

/// <summary>Who carries runbooks out, such as Systems Manager Automation. Every replica of the console reaches it by itself.</summary>
/// <remarks>No method throws for an engine that is away or refuses: the outcome says so.</remarks>
public interface IRunbookEngine
{
    /// <summary>The name on screen, e.g. <c>Systems Manager</c>.</summary>
    string Name { get; }

    /// <summary>Whether there is one at all: a backend may carry out none.</summary>
    bool IsThere => true;

    /// <summary>The runbooks that can be started now.</summary>
    RunbookCatalog Catalog { get; }

    /// <summary>How often an execution that goes on is looked at.</summary>
    TimeSpan LookEvery { get; }

    /// <summary>Starts an execution. Safe to repeat with the same order.</summary>
    /// <param name="order">What to start.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RunbookStart> StartAsync(RunbookOrder order, CancellationToken cancellationToken);

    /// <summary>Looks how an execution stands.</summary>
    /// <param name="engineId">Its id at the engine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RunbookReading> ReadAsync(string engineId, CancellationToken cancellationToken);

    /// <summary>Stops an execution at once. Safe to repeat.</summary>
    /// <param name="engineId">Its id at the engine.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RunbookCommand> StopAsync(string engineId, CancellationToken cancellationToken);

    /// <summary>Approves or rejects the step that waits.</summary>
    /// <param name="engineId">The execution's id at the engine.</param>
    /// <param name="approved">Whether it is approved.</param>
    /// <param name="comment">Who says so and why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<RunbookCommand> DecideAsync(string engineId, bool approved, string comment, CancellationToken cancellationToken);
}
