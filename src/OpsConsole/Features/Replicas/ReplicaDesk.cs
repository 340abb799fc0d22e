using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>The replicas as this one sees them now.</summary>
internal sealed record ReplicasDocument(
    DateTimeOffset At, string AnsweredBy, LeaderDocument? Leader, string? Problem, IReadOnlyList<ReplicaDocument> Replicas);

/// <summary>Who leads. <see cref="RenewalAgeSeconds"/> is the time since the lease was last seen to be renewed.</summary>
internal sealed record LeaderDocument(
    string Id, string Name, string? Address, long Term, DateTimeOffset Since, double? RenewalAgeSeconds, double LeaseSeconds);

/// <summary>One replica. <see cref="SeenSecondsAgo"/> is the time since it last said that it lives.</summary>
internal sealed record ReplicaDocument(
    string Id, string Name, string? Address, DateTimeOffset StartedAt, bool Leads, string Redis, double SeenSecondsAgo);

/// <summary>Gathers what there is to say about the replicas, for the page and for automation.</summary>
internal sealed class ReplicaDesk(Leadership leadership, ReplicaBoard board, ReplicaFeed others, TimeProvider time)
{
    public ReplicasDocument Look()
    {
        var view = leadership.Feed.Current;
        var own = board.Own;
        var lease = view.Lease is { IsReleased: false } held ? held : null;
        return new(
            time.GetUtcNow(),
            own.Id,
            lease is null
                ? null
                : new(lease.Owner, lease.Name, lease.Address, lease.Term, lease.Since, Seconds(leadership.RenewalAge), lease.Ttl.TotalSeconds),
            view.Problem,
            [
                .. others.Current.Others
                    .Select(note => Describe(note, lease?.Owner == note.Id, board.AgeOf(note.Id) ?? TimeSpan.Zero))
                    .Append(Describe(own, leadership.IsLeader, TimeSpan.Zero))
                    .OrderByDescending(replica => replica.Leads)
                    .ThenBy(replica => replica.Name, StringComparer.Ordinal)
                    .ThenBy(replica => replica.Id, StringComparer.Ordinal),
            ]);
    }

    private static ReplicaDocument Describe(ReplicaNote note, bool leads, TimeSpan age) =>
        new(note.Id, note.Name, note.Address, note.StartedAt, leads, note.Redis, Seconds(age) ?? 0);

    private static double? Seconds(TimeSpan? time) => time is { } known ? Math.Round(known.TotalSeconds, 2) : null;
}
