using System.Text;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Replicas;

/// <summary>Tells the other replicas by Redis what this one has written, and hears it from them.</summary>
internal sealed class RedisHints(RedisConnection redis, ChangeHints hints, ReplicaIdentity self) : IHostedService
{
    /// <summary>Says that something was written here.</summary>
    public void Tell(string kind, string id) => redis.Tell(RedisConnection.Hints, Encoding.UTF8.GetBytes($"{self.Id}\n{kind}\n{id}"));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.Listen(RedisConnection.Hints, Hear);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Hear(ReadOnlyMemory<byte> message)
    {
        if (Encoding.UTF8.GetString(message.Span).Split('\n', 3) is [var writer, var kind, var id] && writer != self.Id)
        {
            hints.Raise(new ChangeHint(kind, id));
            if (kind != ChangeHints.Timeline)
            {
                // No change without its event.
                hints.Raise(new ChangeHint(ChangeHints.Timeline, ""));
            }
        }
    }
}

/// <summary>Records whose changes are told to the other replicas.</summary>
internal sealed class AnnouncedRecordStore(IRecordStore store, RedisHints hints) : IRecordStore
{
    public ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class => store.GetAsync(kind, id, cancellationToken);

    public ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class => store.ListAsync(kind, cancellationToken);

    public async ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class => Tell(kind.Name, id, await store.SaveAsync(kind, id, value, expectedRevision, change, cancellationToken));

    public async ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class => Tell(kind.Name, id, await store.DeleteAsync(kind, id, expectedRevision, change, cancellationToken));

    private SaveOutcome<T> Tell<T>(string kind, string id, SaveOutcome<T> outcome)
        where T : class
    {
        if (outcome is SaveOutcome<T>.Saved)
        {
            hints.Tell(kind, id);
        }

        return outcome;
    }
}

/// <summary>A timeline whose growth is told to the other replicas.</summary>
internal sealed class AnnouncedTimeline(ITimeline timeline, RedisHints hints) : ITimeline
{
    public async ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default)
    {
        var entry = await timeline.AppendAsync(@event, cancellationToken);
        hints.Tell(ChangeHints.Timeline, "");
        return entry;
    }

    public ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default) =>
        timeline.ReadAsync(query, cancellationToken);

    public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default) => timeline.VerifyAsync(cancellationToken);
}
