using System.Collections.Immutable;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

/// <summary>Where applications send their metrics, nothing is asked for.</summary>
internal sealed class NothingMonitored : IMonitoring
{
    private const string Why = "Applications send their metrics to this console by OpenTelemetry; with this backend nothing is asked for.";

    public string Name => "OTLP";

    public string? Unavailable => Why;

    public ImmutableArray<MonitoringPreset> Presets => [];

    public MonitoringStatus Status { get; } = new();

    public void Refresh()
    {
    }

    public ValueTask<IReadOnlyList<MetricPreview>> TryAsync(MonitoredService service, CancellationToken cancellationToken) =>
        throw new MonitoringException(Why);
}
