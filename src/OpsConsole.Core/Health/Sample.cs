using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Core.Health;

/// <summary>The vital signs of one instance of a service.</summary>
/// <param name="Instance">The instance's <c>service.instance.id</c>.</param>
/// <param name="At">When its newest evidence was measured.</param>
/// <param name="Freshness">Whether it may still be believed.</param>
/// <param name="Signs">Its vital signs.</param>
public sealed record InstanceSample(string Instance, DateTimeOffset At, Freshness Freshness, VitalSigns Signs);

/// <summary>A service's vital signs at one time, with their freshness.</summary>
public sealed record Sample
{
    /// <summary>The service's <c>service.name</c>; the key by which everything else refers to it.</summary>
    public required string Service { get; init; }

    /// <summary>The service's <c>deployment.environment.name</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>When the newest evidence was measured; <see langword="null"/> if there never was any.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The time since <see cref="At"/>, when the sample was published.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How often its source reports; each figure stands for the period before <see cref="At"/>.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the figures may still be believed.</summary>
    public Freshness Freshness { get; init; } = Freshness.Unknown;

    /// <summary>The figures, as last heard.</summary>
    public VitalSigns Signs { get; init; } = VitalSigns.None;

    /// <summary>Requests in the newest interval, from counts.</summary>
    public long Requests { get; init; }

    /// <summary>Failed requests in the newest interval, from counts.</summary>
    public long Errors { get; init; }

    /// <summary>The instances heard of lately, by name.</summary>
    public ImmutableArray<InstanceSample> Instances { get; init; } = [];

    /// <summary>The source's alarms that are shown with the service.</summary>
    public ImmutableArray<AlarmReading> Alarms { get; init; } = [];

    /// <summary>Why it is <see cref="Freshness.Failed"/>, or what was refused of what the service sent; one sentence.</summary>
    public string? Note { get; init; }

    /// <summary>Whether decisions may rest on it: fresh or merely late.</summary>
    public bool IsEvidence => Freshness is Freshness.Fresh or Freshness.Late;
}
