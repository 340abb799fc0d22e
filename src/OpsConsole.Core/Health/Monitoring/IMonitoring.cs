using System.Collections.Immutable;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>The state of an alarm at the source.</summary>
public enum AlarmState
{
    /// <summary>The source has too little data to tell.</summary>
    InsufficientData,

    /// <summary>Within its threshold.</summary>
    Ok,

    /// <summary>Over its threshold.</summary>
    Alarm,
}

/// <summary>An alarm of the source, as last heard.</summary>
/// <param name="Name">Its name at the source.</param>
/// <param name="Service">The service with which it is shown.</param>
/// <param name="State">Its state; <see langword="null"/> if there is no such alarm.</param>
/// <param name="Since">When it entered its state; <see langword="null"/> if the source did not say.</param>
/// <param name="Reason">The source's reason.</param>
public sealed record AlarmReading(string Name, string Service, AlarmState? State, DateTimeOffset? Since, string Reason);

/// <summary>What asking costs.</summary>
/// <param name="Metrics">How many metrics are asked for.</param>
/// <param name="CallsPerDay">How many calls are made in a day.</param>
/// <param name="MetricsPerDay">How many metrics are asked for in a day; the source bills by these.</param>
/// <param name="UsdPerDay">What that costs in US dollars at the configured price.</param>
public sealed record PollingCost(int Metrics, double CallsPerDay, double MetricsPerDay, double UsdPerDay);

/// <summary>What the monitoring knows of its own work.</summary>
public sealed record MonitoringStatus
{
    /// <summary>The services that are asked for, by name.</summary>
    public ImmutableArray<MonitoredService> Services { get; init; } = [];

    /// <summary>The names of the services that come from the settings and cannot be changed here.</summary>
    public ImmutableHashSet<string> FromSettings { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Their alarms.</summary>
    public ImmutableArray<AlarmReading> Alarms { get; init; } = [];

    /// <summary>What asking costs.</summary>
    public PollingCost Cost { get; init; } = new(0, 0, 0, 0);

    /// <summary>When the source last answered; <see langword="null"/> if it never did.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Why the source could not be read the last time, and what would mend it; <see langword="null"/> if it could.</summary>
    public string? Problem { get; init; }

    /// <summary>Why alarms could not be read the last time; <see langword="null"/> if they could.</summary>
    public string? AlarmProblem { get; init; }

    /// <summary>How far this machine's clock is ahead of the source's; zero while they agree, negative if it is behind.</summary>
    public TimeSpan ClockAhead { get; init; }
}

/// <summary>What a metric answers now.</summary>
/// <param name="Id">The metric's id.</param>
/// <param name="At">The start of the newest period that has a value; <see langword="null"/> if none has.</param>
/// <param name="Value">The value, scaled; <see langword="null"/> if there is none.</param>
/// <param name="Problem">Why there is none, as far as the source said; <see langword="null"/> if it said nothing.</param>
public sealed record MetricPreview(string Id, DateTimeOffset? At, double? Value, string? Problem);

/// <summary>A source that is asked for metrics, such as CloudWatch: what it is asked for, how it goes and what it costs.</summary>
public interface IMonitoring
{
    /// <summary>The name on screen, e.g. <c>CloudWatch</c>.</summary>
    string Name { get; }

    /// <summary>Why nothing can be asked for with this backend; one sentence. <see langword="null"/> if it can.</summary>
    string? Unavailable { get; }

    /// <summary>The ready-made sets of metrics.</summary>
    ImmutableArray<MonitoringPreset> Presets { get; }

    /// <summary>How it goes.</summary>
    MonitoringStatus Status { get; }

    /// <summary>Reads the definitions anew, because one was changed here.</summary>
    void Refresh();

    /// <summary>Asks once what a definition's metrics say now, without keeping it.</summary>
    /// <param name="service">The definition; it must be valid.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MonitoringException">The source cannot be asked now.</exception>
    ValueTask<IReadOnlyList<MetricPreview>> TryAsync(MonitoredService service, CancellationToken cancellationToken);
}

/// <summary>The source cannot be asked now. The message says why and what would mend it.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The vendor's exception.</param>
public sealed class MonitoringException(string message, Exception? inner = null) : Exception(message, inner);
