using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.SignalR;

namespace OpsConsole.Features.Health;

/// <summary>
/// Knows every viewer and serves them in staggered groups: bytes are written once, a viewer who is busy is passed over and nobody
/// waits for it. Ten groups 14 ms apart keep the network and the scheduler from choking on thousands of writes at one instant.
/// </summary>
/// <remarks>With thousands of viewers set <c>DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION=8192</c> in the environment (the
/// container does): the pool of arrays else throws away what every look needs again. The runtime reads it from nowhere else.</remarks>
internal sealed class ViewerFanout(ILogger<DefaultHubLifetimeManager<HealthHub>> log, Outbox outbox, TimeProvider time)
    : DefaultHubLifetimeManager<HealthHub>(log)
{
    public const int Slices = 10;

    private const int StaggerFrom = 200;
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(14);

    private readonly ConcurrentDictionary<string, Viewer> _viewers = new(StringComparer.Ordinal);
    private readonly ImmutableArray<ConcurrentDictionary<string, Viewer>> _slices =
        [.. Enumerable.Range(0, Slices).Select(_ => new ConcurrentDictionary<string, Viewer>(StringComparer.Ordinal))];

    private int _next;

    public int Count => _viewers.Count;

    /// <summary>How many have a write under way now and would be passed over.</summary>
    public int Busy => _viewers.Values.Count(viewer => viewer.IsBusy);

    public Viewer? Find(string connectionId) => _viewers.GetValueOrDefault(connectionId);

    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await base.OnConnectedAsync(connection);
        var slice = (int)((uint)Interlocked.Increment(ref _next) % Slices);
        var viewer = new Viewer(connection, outbox, slice);
        _viewers[connection.ConnectionId] = viewer;
        _slices[slice][connection.ConnectionId] = viewer;
    }

    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (_viewers.TryRemove(connection.ConnectionId, out var viewer))
        {
            _slices[viewer.Slice].TryRemove(connection.ConnectionId, out _);
        }

        return base.OnDisconnectedAsync(connection);
    }

    /// <summary>Serves every viewer what it lacks. Called by one loop.</summary>
    /// <param name="sliceStarts">Told when a group starts; for measuring.</param>
    /// <param name="cancellationToken">Gives up between two groups.</param>
    public async Task SweepAsync(Action<int>? sliceStarts, CancellationToken cancellationToken)
    {
        outbox.ForgetShared();
        var staggered = _viewers.Count >= StaggerFrom;
        var start = time.GetTimestamp();
        for (var slice = 0; slice < Slices; slice++)
        {
            if (staggered && slice > 0 && (Stagger * slice) - time.GetElapsedTime(start) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, time, cancellationToken);
            }

            sliceStarts?.Invoke(slice);
            foreach (var (_, viewer) in _slices[slice])
            {
                viewer.Serve();
            }
        }
    }
}
