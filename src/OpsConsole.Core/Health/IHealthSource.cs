using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Core.Health;

/// <summary>What a source knows of one service: the newest evidence, not yet judged for freshness.</summary>
public sealed record SourceReading
{
    /// <summary>The service's <c>service.name</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The service's <c>deployment.environment.name</c>.</summary>
    public required string Environment { get; init; }

    /// <summary>When the newest evidence arrived or was measured, on the console's clock; <see langword="null"/> if there never was any.</summary>
    public required DateTimeOffset? At { get; init; }

    /// <summary>How often the source reports.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>How long evidence is on its way, beyond its period, when all is well. An age up to this is no delay.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The figures.</summary>
    public required VitalSigns Signs { get; init; }

    /// <summary>Requests in the newest interval.</summary>
    public long Requests { get; init; }

    /// <summary>Failed requests in the newest interval.</summary>
    public long Errors { get; init; }

    /// <summary>The instances heard of lately; their <see cref="InstanceSample.Freshness"/> is judged by the monitor.</summary>
    public ImmutableArray<InstanceSample> Instances { get; init; } = [];

    /// <summary>The source's alarms that are shown with the service.</summary>
    public ImmutableArray<AlarmReading> Alarms { get; init; } = [];

    /// <summary>Why there is nothing newer, if the source knows; one sentence. With it, what is stale or was never heard of is <see cref="Freshness.Failed"/>.</summary>
    public string? Problem { get; init; }

    /// <summary>What was refused of what the service sent, if anything; one sentence.</summary>
    public string? Note { get; init; }
}

/// <summary>Where vital signs come from. Throws when the source cannot be read; the monitor then shows it as failed.</summary>
public interface IHealthSource
{
    /// <summary>The name on screen, e.g. <c>OTLP</c>.</summary>
    string Name { get; }

    /// <summary>What is known of every service now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken);
}
