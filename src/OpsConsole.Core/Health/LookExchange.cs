using System.Collections.Immutable;
using System.Threading.Channels;

namespace OpsConsole.Core.Health;

/// <summary>A look at health as the leader passes it to the other replicas.</summary>
/// <param name="Term">The leader's fencing token; what an older leader says counts no more.</param>
/// <param name="Snapshot">What was seen.</param>
/// <param name="Paces">How often the services report, by name.</param>
public sealed record LeadersLook(long Term, HealthSnapshot Snapshot, ImmutableSortedDictionary<string, ReportPace> Paces);

/// <summary>Where the leader's looks leave this replica, and where those of another leader arrive.</summary>
public sealed class LookExchange
{
    private readonly Channel<LeadersLook> _told = Bounded();
    private readonly Channel<LeadersLook> _heard = Bounded();

    /// <summary>The looks of this replica, while it leads, in order. One reader.</summary>
    public ChannelReader<LeadersLook> Told => _told.Reader;

    /// <summary>The looks of another leader, in order. One reader.</summary>
    public ChannelReader<LeadersLook> Heard => _heard.Reader;

    /// <summary>Passes a look of this replica on. If nobody carries it away, the oldest are dropped.</summary>
    /// <param name="look">The look.</param>
    public void Tell(LeadersLook look) => _told.Writer.TryWrite(look);

    /// <summary>Takes in a look of another leader.</summary>
    /// <param name="look">The look.</param>
    public void Hear(LeadersLook look) => _heard.Writer.TryWrite(look);

    private static Channel<LeadersLook> Bounded() => Channel.CreateBounded<LeadersLook>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
}
