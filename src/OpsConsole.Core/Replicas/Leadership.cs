using System.Text.Json;
using OpsConsole.Core.Live;
using OpsConsole.Core.Records;

namespace OpsConsole.Core.Replicas;

/// <summary>Who leads, as this replica sees it.</summary>
/// <param name="Leads">Whether this replica leads.</param>
/// <param name="Lease">The lease as last seen; <see langword="null"/> before the first look, or if there is none.</param>
/// <param name="Problem">Why the lease could not be looked at, if it could not.</param>
public sealed record LeadershipView(bool Leads, LeaderLease? Lease, string? Problem)
{
    /// <summary>Before the first look.</summary>
    public static LeadershipView Unknown { get; } = new(Leads: false, Lease: null, Problem: null);
}

/// <summary>
/// Sees to it that one replica leads: the one that holds the lease in the shared store. Only the leader looks at the sources of health and
/// carries runs out.
/// </summary>
/// <remarks>
/// No two clocks are compared. The holder counts the lease from before it asked for it, on its own monotonic clock, and ends it a tenth
/// early; the others take it over when they have watched it unchanged for a whole term of it on theirs. A holder that was paused finds its
/// lease over before its next command, and what it had begun carries a <see cref="Term"/> that is refused. Not even a machine that was
/// suspended, whose monotonic clock stood still, may go on: the lease is over when either clock says so.
/// </remarks>
public sealed class Leadership : IDisposable
{
    private readonly ICellStore? _cells;
    private readonly IReplicaWitness _witness;
    private readonly ReplicaIdentity _self;
    private readonly TimeSpan _ttl;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Held? _held;
    private Seen? _seen;
    private long _version;
    private long _highestTerm;
    private string? _problem;
    private bool _released;

    /// <summary>A replica that does not lead yet.</summary>
    /// <param name="cells">The shared store.</param>
    /// <param name="witness">What can be proven about other replicas.</param>
    /// <param name="self">This replica.</param>
    /// <param name="ttl">How long the lease holds after a renewal.</param>
    /// <param name="time">The clock.</param>
    public Leadership(ICellStore cells, IReplicaWitness witness, ReplicaIdentity self, TimeSpan ttl, TimeProvider time)
    {
        _cells = cells;
        _witness = witness;
        _self = self;
        _ttl = ttl;
        _time = time;
    }

    private Leadership(TimeProvider time)
        : this(null!, null!, ReplicaIdentity.Create("alone", time), TimeSpan.MaxValue, time) =>
        Hold(new(Term: 1, time.GetUtcNow(), time.GetTimestamp(), time.GetUtcNow()));

    /// <summary>Who leads; a new view with each change, not with each renewal.</summary>
    public LiveFeed<LeadershipView> Feed { get; } = new(LeadershipView.Unknown);

    /// <summary>Whether this replica leads at this very moment. Ask before each command.</summary>
    public bool IsLeader => Volatile.Read(ref _held) is { } held && Lasts(held);

    /// <summary>
    /// Whether this replica holds the lease or held it last, as far as it knows: true also while it cannot renew it. It then gives no command,
    /// but nobody else is known who could serve what only a leader serves.
    /// </summary>
    public bool IsLastLeader => Volatile.Read(ref _held) is not null;

    /// <summary>Whether this replica does not lead and cannot reach the store, so that it does not know who does.</summary>
    public bool IsCutOff => !IsLeader && Volatile.Read(ref _problem) is not null;

    /// <summary>The fencing token while this replica leads, else 0.</summary>
    public long Term => Volatile.Read(ref _held) is { } held && Lasts(held) ? held.Term : 0;

    /// <summary>When this replica began to lead; the clock's beginning if it does not.</summary>
    public DateTimeOffset Since => Volatile.Read(ref _held)?.Since ?? DateTimeOffset.MinValue;

    /// <summary>The highest term that this replica ever held; 0 if none.</summary>
    public long HighestTerm => Volatile.Read(ref _highestTerm);

    /// <summary>The number of the newest look at health, which goes with each renewal.</summary>
    public long Look { get; set => Volatile.Write(ref field, value); }

    /// <summary>The number after which this replica's own looks go on, so that none repeats one of the leader before it.</summary>
    public long LooksAfter { get; private set => Volatile.Write(ref field, value); }

    /// <summary>Where other replicas reach this one; <see langword="null"/> until it listens.</summary>
    public string? Address { get; set; }

    /// <summary>The time since this replica last saw the lease renewed, by itself or by another; <see langword="null"/> if it never did.</summary>
    public TimeSpan? RenewalAge => Volatile.Read(ref _held) is { } held
        ? _time.GetElapsedTime(held.At)
        : Volatile.Read(ref _seen) is { } seen ? _time.GetElapsedTime(seen.At) : null;

    /// <summary>A leader that has nobody beside it and never ends.</summary>
    /// <param name="time">The clock.</param>
    public static Leadership Alone(TimeProvider time) => new(time);

    /// <summary>Renews the lease, or takes it if it is free or over. Never throws for a store that is gone.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_cells is null)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_released)
            {
                await LookInTurnAsync(_cells, cancellationToken);
                Publish();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Gives the lease back, so that another replica takes it at once, and never takes it again.</summary>
    /// <param name="cancellationToken">Gives up; the lease then runs out by itself.</param>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_cells is null)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            _released = true;
            if (_held is { } held)
            {
                Hold(null);
                await WriteAsync(_cells, Lease(held) with { Owner = "", Address = null }, _version, cancellationToken);
            }
        }
        catch (StoreUnavailableException)
        {
            // It runs out by itself.
        }
        finally
        {
            Publish();
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task LookInTurnAsync(ICellStore cells, CancellationToken cancellationToken)
    {
        var before = _time.GetTimestamp();
        var clock = _time.GetUtcNow();
        try
        {
            if (_held is null || !await RenewAsync(cells, _held, cancellationToken))
            {
                await FollowAsync(cells, cancellationToken);
            }

            _problem = null;
        }
        catch (OperationCanceledException)
        {
            // Whoever looks on is cut off from the store as much as by an error.
            _problem = "The store did not answer in time.";
            Publish();
            throw;
        }
        catch (StoreUnavailableException exception)
        {
            _problem = exception.Message;
            if (_witness.IsAlone())
            {
                // Nobody lives who could have taken it over, or could until this replica looks again.
                Hold(_held is { } held ? held with { At = before, Wall = clock } : new(NewTerm(_seen?.Lease), clock, before, clock));
            }
        }
    }

    /// <summary><see langword="false"/> if the lease is another's now.</summary>
    private async Task<bool> RenewAsync(ICellStore cells, Held held, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var renewed = held with { At = _time.GetTimestamp(), Wall = _time.GetUtcNow() };
            if (await WriteAsync(cells, Lease(held), _version, cancellationToken))
            {
                _version++;
                Hold(renewed);
                return true;
            }

            // It is another's, or a write of this replica that seemed to fail was carried out after all.
            var cell = await cells.ReadAsync(LeaderLease.CellName, cancellationToken);
            if (cell is null || Parse(cell) is not { } lease || lease.Owner != _self.Id || lease.Term != held.Term)
            {
                break;
            }

            _version = cell.Version;
        }

        Hold(null);
        return false;
    }

    private async Task FollowAsync(ICellStore cells, CancellationToken cancellationToken)
    {
        if (await cells.ReadAsync(LeaderLease.CellName, cancellationToken) is not { } cell)
        {
            await TakeAsync(cells, 0, null, cancellationToken);
            return;
        }

        var lease = Parse(cell);
        if (_seen?.Version != cell.Version)
        {
            Volatile.Write(ref _seen, new(cell.Version, lease, _time.GetTimestamp()));
        }

        var over = lease.IsReleased
            || lease.Owner == _self.Id
            || _time.GetElapsedTime(_seen!.At) >= lease.Ttl
            || _witness.HasEnded(lease.Owner);
        if (over)
        {
            await TakeAsync(cells, cell.Version, lease, cancellationToken);
        }
    }

    private async Task TakeAsync(ICellStore cells, long version, LeaderLease? before, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var taken = new Held(NewTerm(before), now, _time.GetTimestamp(), now);
        if (await WriteAsync(cells, Lease(taken), version, cancellationToken))
        {
            _version = version + 1;
            LooksAfter = before is null ? 0 : before.Look + (long)Math.Ceiling(before.Ttl.TotalSeconds) + 2;
            Hold(taken);
        }
    }

    /// <summary>Rises with the clock too, so that it rises even if the store was lost.</summary>
    private long NewTerm(LeaderLease? before) =>
        Math.Max(Math.Max(before?.Term ?? 0, HighestTerm) + 1, _time.GetUtcNow().ToUnixTimeSeconds());

    private LeaderLease Lease(Held held) =>
        new(_self.Id, _self.Name, Address, held.Term, (int)_ttl.TotalMilliseconds, held.Since, Look);

    private static async Task<bool> WriteAsync(ICellStore cells, LeaderLease lease, long version, CancellationToken cancellationToken) =>
        await cells.WriteAsync(
            LeaderLease.CellName, JsonSerializer.SerializeToUtf8Bytes(lease, LeaseJson.Default.LeaderLease), version, cancellationToken);

    private static LeaderLease Parse(Cell cell)
    {
        try
        {
            return JsonSerializer.Deserialize(cell.Content.Span, LeaseJson.Default.LeaderLease) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException($"The leader's lease cannot be read: {exception.Message}", exception);
        }
    }

    private bool Lasts(Held held) =>
        _cells is null || (_time.GetElapsedTime(held.At) < _ttl * 0.9 && _time.GetUtcNow() - held.Wall < _ttl);

    private void Hold(Held? held)
    {
        if (held is not null && held.Term > HighestTerm)
        {
            Volatile.Write(ref _highestTerm, held.Term);
        }

        Volatile.Write(ref _held, held);
    }

    private void Publish()
    {
        var lease = _held is { } held ? Lease(held) with { Look = 0 } : _seen is { } seen ? seen.Lease with { Look = 0 } : null;
        var view = new LeadershipView(IsLeader, lease, _problem);
        if (view != Feed.Current)
        {
            Feed.Publish(view);
        }
    }

    /// <summary>The lease as this replica holds it.</summary>
    /// <param name="Term">The fencing token.</param>
    /// <param name="Since">When the term began.</param>
    /// <param name="At">Before the last renewal was asked for, on the monotonic clock.</param>
    /// <param name="Wall">The same moment on the wall clock.</param>
    private sealed record Held(long Term, DateTimeOffset Since, long At, DateTimeOffset Wall);

    /// <summary>The lease as it was seen, and since when it was seen so.</summary>
    private sealed record Seen(long Version, LeaderLease Lease, long At);
}
