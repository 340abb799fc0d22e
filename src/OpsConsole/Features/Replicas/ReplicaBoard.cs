using System.Collections.Immutable;
using System.Text.Json;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>
/// Keeps this replica's note in the shared store and reads those of the others, once a second. A note that has not changed for a while is
/// a dead replica's; no clocks are compared. A replica that leads and is alone writes nothing.
/// </summary>
internal sealed partial class ReplicaBoard(
    ICellStore cells, IReplicaWitness witness, Leadership leadership, ReplicaIdentity self, ReplicaAddress address, ReplicaFeed feed, TimeProvider time, ILogger<ReplicaBoard> log, RedisConnection? redis = null)
    : BackgroundService, IHostedLifecycleService
{
    public const string Prefix = "replica/";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan RemovedAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long Version, long At)> _seen = new(StringComparer.Ordinal);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private long _version;
    private bool _failing;
    private bool _over;

    /// <summary>What this replica says of itself.</summary>
    public ReplicaNote Own => new(self.Id, self.Name, address.Find(), _startedAt, redis?.Word ?? "off");

    /// <summary>Time since another replica's note last changed.</summary>
    public TimeSpan? AgeOf(string id)
    {
        lock (_seen)
        {
            return _seen.TryGetValue(id, out var seen) ? time.GetElapsedTime(seen.At) : null;
        }
    }

    /// <summary>Reads the others' notes and writes the own. Called by the loop.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var notes = await cells.ListAsync(Prefix, cancellationToken);
        var others = new List<ReplicaNote>();
        foreach (var cell in notes.Where(cell => cell.Name != Prefix + self.Id))
        {
            var id = cell.Name[Prefix.Length..];
            var age = Age(id, cell.Version);
            if (witness.HasEnded(id) || age > RemovedAfter)
            {
                if (leadership.IsLeader && await cells.DeleteAsync(cell.Name, cell.Version, cancellationToken))
                {
                    Forget(id);
                }
            }
            else if (age < DeadAfter && Read(cell) is { } note)
            {
                others.Add(note);
            }
        }

        Publish([.. others.OrderBy(note => note.Name, StringComparer.Ordinal).ThenBy(note => note.Id, StringComparer.Ordinal)]);
        if (others.Count > 0 || !leadership.IsLeader)
        {
            await WriteAsync(notes.FirstOrDefault(cell => cell.Name == Prefix + self.Id)?.Version ?? 0, cancellationToken);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _over = true;
        try
        {
            if (_version > 0)
            {
                await cells.DeleteAsync(Prefix + self.Id, _version, cancellationToken);
            }
        }
        catch (StoreUnavailableException)
        {
            // It is found to be dead when its note no longer changes.
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
                _failing = false;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing)
                {
                    _failing = true;
                    LogFailing(exception.Message);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static ReplicaNote? Read(Cell cell)
    {
        try
        {
            return JsonSerializer.Deserialize(cell.Content.Span, ReplicasJson.Default.ReplicaNote);
        }
        catch (JsonException)
        {
            // Of a newer console, perhaps; it is listed again when it can be read.
            return null;
        }
    }

    private async Task WriteAsync(long version, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(Own, ReplicasJson.Default.ReplicaNote);
        if (!_over && await cells.WriteAsync(Prefix + self.Id, content, version, cancellationToken))
        {
            _version = version + 1;
        }
    }

    private TimeSpan Age(string id, long version)
    {
        lock (_seen)
        {
            if (!_seen.TryGetValue(id, out var seen) || seen.Version != version)
            {
                _seen[id] = seen = (version, time.GetTimestamp());
            }

            return time.GetElapsedTime(seen.At);
        }
    }

    private void Forget(string id)
    {
        lock (_seen)
        {
            _seen.Remove(id);
        }
    }

    private void Publish(ImmutableArray<ReplicaNote> others)
    {
        if (!others.SequenceEqual(feed.Current.Others))
        {
            feed.Publish(new ReplicaCensus(others));
        }
    }

    [LoggerMessage(LogLevel.Warning, "The other replicas cannot be looked for: {Problem}")]
    private partial void LogFailing(string problem);
}
