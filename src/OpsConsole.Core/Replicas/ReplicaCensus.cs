using System.Collections.Immutable;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Replicas;

/// <summary>What a replica says of itself.</summary>
/// <param name="Id">Its <see cref="ReplicaIdentity.Id"/>.</param>
/// <param name="Name">Its <see cref="ReplicaIdentity.Name"/>.</param>
/// <param name="Address">Where other replicas reach it; <see langword="null"/> until it listens.</param>
/// <param name="StartedAt">When it started, on its own clock.</param>
/// <param name="Redis">How it stands with Redis: <c>off</c>, <c>connected</c> or <c>unreachable</c>.</param>
public sealed record ReplicaNote(string Id, string Name, string? Address, DateTimeOffset StartedAt, string Redis);

/// <summary>The other replicas that live.</summary>
/// <param name="Others">Their notes, by name.</param>
public sealed record ReplicaCensus(ImmutableArray<ReplicaNote> Others)
{
    /// <summary>Nobody else.</summary>
    public static ReplicaCensus Alone { get; } = new([]);
}

/// <summary>Tells which other replicas live; a new census when one comes, goes or says something new of itself.</summary>
public sealed class ReplicaFeed() : LiveFeed<ReplicaCensus>(ReplicaCensus.Alone)
{
    /// <summary>Whether there is nobody else, so that nothing needs to be told to anybody.</summary>
    public bool IsAlone => Current.Others.IsEmpty;
}
