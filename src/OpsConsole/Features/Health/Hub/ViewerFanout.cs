using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Features.Health;

/// <summary>
/// Knows every viewer and serves them in staggered groups: bytes are written once, a viewer who is busy is passed over and nobody
/// waits for it. Small groups a few milliseconds apart keep the network and the scheduler from choking on thousands of writes at one
/// instant.
/// </summary>
internal sealed class ViewerFanout(
    Outbox outbox, TimeProvider time, ILogger<DefaultHubLifetimeManager<HealthHub>> hubLog, ILogger<Viewer> viewerLog)
    : DefaultHubLifetimeManager<HealthHub>(hubLog)
{
    /// <summary>How many viewers a group has.</summary>
    public const int SliceSize = 500;

    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(140);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(14);

    private readonly Lock _gate = new();
    private readonly List<Viewer> _row = [];
    private Viewer[] _served = [];

    /// <summary>How many have a write under way now and would be passed over.</summary>
    public int Busy
    {
        get
        {
            lock (_gate)
            {
                return _row.Count(viewer => viewer.IsBusy);
            }
        }
    }

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        var viewer = new Viewer(connection, outbox, viewerLog);
        connection.Items[typeof(Viewer)] = viewer;
        lock (_gate)
        {
            viewer.Place = _row.Count;
            _row.Add(viewer);
        }
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (connection.Items.Remove(typeof(Viewer), out var item) && item is Viewer viewer)
        {
            lock (_gate)
            {
                // The last one takes the place that is free now, so the row has no holes.
                var last = _row[^1];
                _row[last.Place = viewer.Place] = last;
                _row.RemoveAt(_row.Count - 1);
            }
        }

        return base.OnDisconnectedAsync(connection);
    }

    /// <summary>Serves every viewer what it lacks. Called by one loop.</summary>
    /// <param name="sliceStarts">Told when a group starts; for measuring.</param>
    /// <param name="cancellationToken">Gives up between two groups.</param>
    public async Task SweepAsync(Action<int>? sliceStarts, CancellationToken cancellationToken)
    {
        outbox.ForgetShared();
        var count = LineUp();
        var slices = (count + SliceSize - 1) / SliceSize;
        var gap = new TimeSpan(Math.Min(LongestGap.Ticks, Stagger.Ticks / Math.Max(1, slices)));
        for (var slice = 0; slice < slices; slice++)
        {
            if (slice > 0)
            {
                // Counted from the end of the last group, not by a timetable: who is late does not make up for it by a burst.
                await Task.Delay(gap, time, cancellationToken);
            }

            sliceStarts?.Invoke(slice);
            foreach (var viewer in _served.AsSpan(slice * SliceSize, Math.Min(SliceSize, count - (slice * SliceSize))))
            {
                viewer.Serve();
            }
        }
    }

    /// <summary>Copies the row, so that who comes or goes while it is served neither waits nor makes another one miss its turn.</summary>
    private int LineUp()
    {
        lock (_gate)
        {
            var count = _row.Count;
            if (_served.Length < count)
            {
                _served = new Viewer[_row.Capacity];
            }

            _row.CopyTo(_served);
            Array.Clear(_served, count, _served.Length - count);
            return count;
        }
    }
}
