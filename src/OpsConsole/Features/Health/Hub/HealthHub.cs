using Microsoft.AspNetCore.SignalR;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>
/// Live health for browsers. After <see cref="Watch"/> the viewer gets <c>frame</c> for each service and look, <c>status</c> when it
/// changes and <c>event</c> for each new timeline entry. Frames are numbered by <c>sequence</c>; a viewer that was passed over
/// because it was busy is sent what it missed as soon as it can take it, up to 15 minutes back. Frames may overtake the answer to
/// <see cref="Watch"/>, so go by their numbers.
/// </summary>
internal sealed class HealthHub(HealthFeed feed, HealthJudge judge, Outbox outbox) : Hub
{
    /// <summary>Begins to watch services, all if none is named.</summary>
    /// <param name="services">The services' names; one that is not known yet is sent as soon as it is.</param>
    /// <param name="afterSequence">The number of the last frame that the viewer has; 0 for only what comes from now on.</param>
    public WatchAnswer Watch(string[] services, long afterSequence)
    {
        var filter = Filter(services);
        var viewer = Viewer();
        var snapshot = feed.Current;
        viewer.Watch(filter, afterSequence, snapshot.Sequence);
        viewer.Serve();
        return new WatchAnswer(
            snapshot.Sequence,
            WireTime.Write(snapshot.At),
            [.. snapshot.Services.Values.Where(sample => filter.Includes(sample.Service))
                .Select(sample => Frame.From(snapshot, judge.AsOfNow(snapshot, sample)))],
            outbox.Status,
            viewer.Slice);
    }

    /// <summary>Sends once more the frames after a number, as far as they are kept.</summary>
    /// <param name="services">The services' names; all if none is named.</param>
    /// <param name="after">The number of the last frame before the gap.</param>
    public long Refill(string[] services, long after)
    {
        var viewer = Viewer();
        viewer.Refill(Filter(services), after);
        viewer.Serve();
        return outbox.FramesHead;
    }

    private static ServiceFilter Filter(string[]? services) =>
        services is null || services.Length > ServiceFilter.MaxServices
            || services.Any(name => string.IsNullOrEmpty(name) || name.Length > ServiceFilter.MaxNameLength)
            ? throw new HubException(
                $"Name at most {ServiceFilter.MaxServices} services, each by 1 to {ServiceFilter.MaxNameLength} characters; none for all.")
            : ServiceFilter.Of(services);

    private Viewer Viewer() => Context.Items.TryGetValue(typeof(Viewer), out var viewer) && viewer is Viewer known ? known : throw new HubException("The connection is closing.");
}
