using System.Collections.Immutable;
using OpsConsole.Core.Live;

namespace OpsConsole.Core.Health;

/// <summary>The health of every service at one look.</summary>
/// <param name="Sequence">Counts the looks; it goes on counting after a restart, so it never repeats.</param>
/// <param name="At">When the look was taken.</param>
/// <param name="Services">The newest sample of each service, by its name.</param>
public sealed record HealthSnapshot(long Sequence, DateTimeOffset At, ImmutableSortedDictionary<string, Sample> Services)
{
    /// <summary>Before the first look.</summary>
    public static HealthSnapshot Empty { get; } =
        new(0, DateTimeOffset.UnixEpoch, ImmutableSortedDictionary.Create<string, Sample>(StringComparer.Ordinal));

    /// <summary>The newest sample of a service, or <see langword="null"/> if nothing is known of it.</summary>
    /// <param name="service">The service's name.</param>
    public Sample? Find(string service) => Services.GetValueOrDefault(service);
}

/// <summary>The live health of every service, published once a second.</summary>
public sealed class HealthFeed() : LiveFeed<HealthSnapshot>(HealthSnapshot.Empty);
