using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>Who serves what only a leader serves, and for how long that is so.</summary>
/// <param name="IsHere">Whether this replica does.</param>
/// <param name="Address">Where the leader is reached, if it is another replica that can be.</param>
/// <param name="WhileSo">Is cancelled when that changes.</param>
internal readonly record struct LeaderPlace(bool IsHere, string? Address, CancellationToken WhileSo);

/// <summary>Keeps <see cref="LeaderPlace"/> up to date.</summary>
internal sealed class LeaderWatch(Leadership leadership, ReplicaIdentity self) : BackgroundService
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _current = new();
    private (bool IsHere, string? Address) _place;

    public LeaderPlace Now
    {
        get
        {
            Look();
            lock (_gate)
            {
                return new(_place.IsHere, _place.Address, _current.Token);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var _ in leadership.Feed.WatchAsync(stoppingToken))
        {
            Look();
        }
    }

    public override void Dispose()
    {
        _current.Dispose();
        base.Dispose();
    }

    private void Look()
    {
        var (_, lease, problem) = leadership.Feed.Current;
        var another = lease is { IsReleased: false } && lease.Owner != self.Id;
        var place = leadership.IsLastLeader ? (true, null) : another ? (false, lease!.Address) : (problem is not null, (string?)null);
        CancellationTokenSource over;
        lock (_gate)
        {
            if (place == _place)
            {
                return;
            }

            _place = place;
            over = _current;
            _current = new();
        }

        // It is not disposed of: somebody may be about to link to its token.
        over.Cancel();
    }
}
