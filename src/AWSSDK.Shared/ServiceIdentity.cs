using Amazon.Runtime.Internal;

namespace Amazon.Runtime.Wire;

/// <summary>The service's id, as telemetry shows it.</summary>
/// <param name="id">The id.</param>
internal sealed class ServiceIdentity(string id) : IServiceMetadata
{
    public string ServiceId { get; } = id;

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
