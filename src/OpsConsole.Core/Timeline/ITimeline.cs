using System.Collections.Immutable;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Timeline;

/// <summary>Which entries to read. What is <see langword="null"/> does not matter.</summary>
public sealed record TimelineQuery
{
    /// <summary>Only entries with a higher number.</summary>
    public long? After { get; init; }

    /// <summary>Only entries with a lower number.</summary>
    public long? Before { get; init; }

    /// <summary>Only entries at or after this time.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only entries before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only this kind, or with a trailing dot this family, e.g. <c>flag.</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Only what this actor did.</summary>
    public string? Actor { get; init; }

    /// <summary>Only this subject.</summary>
    public string? Subject { get; init; }

    /// <summary>Only entries in whose actor, kind, subject or reason this text occurs, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>How many entries at most, 1 to 1000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Newest first instead of oldest first.</summary>
    public bool NewestFirst { get; init; }
}

/// <summary>What re-computing the chain found.</summary>
/// <param name="Intact">Whether every entry has the hash and the predecessor that it must have, without a gap.</param>
/// <param name="Entries">How many entries were looked at.</param>
/// <param name="FirstBroken">The number of the first entry that does not fit, if any.</param>
/// <param name="Problem">What is wrong with it; one sentence.</param>
public sealed record ChainVerification(bool Intact, long Entries, long? FirstBroken, string? Problem);

/// <summary>The one append-only, hash-chained log of what people, automation and the world did.</summary>
public interface ITimeline
{
    /// <summary>Writes an event; it is on disk when this returns.</summary>
    /// <param name="event">The event.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    /// <exception cref="Records.StoreUnavailableException">The store cannot be written now.</exception>
    ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default);

    /// <summary>Reads entries.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default);

    /// <summary>Re-computes the whole chain.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default);
}

/// <summary>The newest end of the timeline.</summary>
/// <param name="Sequence">The newest entry's number, 0 if there is none.</param>
/// <param name="Recent">The newest entries, oldest first, 200 at most.</param>
public sealed record TimelineHead(long Sequence, ImmutableList<TimelineEntry> Recent)
{
    /// <summary>An empty timeline.</summary>
    public static TimelineHead Empty { get; } = new(0, []);
}

/// <summary>Tells when the timeline grows. Whoever finds a gap to its own last number reads the missing entries from <see cref="ITimeline"/>.</summary>
public sealed class TimelineFeed() : LiveFeed<TimelineHead>(TimelineHead.Empty);
