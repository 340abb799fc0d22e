using System.Text.Json.Serialization;
using OpsConsole.Core.Records;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>How the services that are asked for their metrics are kept.</summary>
public static class MonitoringRecords
{
    /// <summary>Definitions that did not come from the settings, by the service's name.</summary>
    public static RecordKind<MonitoredService> Services { get; } = new("monitored-services", MonitoringJson.Default.MonitoredService);
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MonitoredService))]
internal sealed partial class MonitoringJson : JsonSerializerContext;
