using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Health;

/// <summary>The services that are asked for: those of the settings, and those of the store, of which other consoles may add.</summary>
internal sealed class MonitoredServices(IRecordStore store, IOptions<CloudWatchOptions> options, TimeProvider time)
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);

    private readonly ImmutableArray<MonitoredService> _configured = ConfiguredServices.Of(options.Value);
    private ImmutableArray<(string Id, long Revision)> _stored = [];
    private ImmutableArray<MonitoredService>? _all;
    private long _readAt;

    /// <summary>The names of the services that come from the settings.</summary>
    public ImmutableHashSet<string> Configured => _configured.Select(service => service.Service).ToImmutableHashSet(StringComparer.Ordinal);

    /// <summary>The services as last read.</summary>
    public ImmutableArray<MonitoredService> Known => _all ?? _configured;

    /// <summary>Lets the next look read the store, however short ago it was read.</summary>
    public void Forget() => Volatile.Write(ref _readAt, 0);

    /// <summary>Reads the store if that is due. What is known stays when it cannot be read.</summary>
    /// <returns>The services, and why the store could not be read, if it could not.</returns>
    public async Task<(ImmutableArray<MonitoredService> Services, string? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        var readAt = Volatile.Read(ref _readAt);
        if (readAt != 0 && time.GetElapsedTime(readAt) < ReadEvery)
        {
            return (Known, null);
        }

        try
        {
            var stored = await store.ListAsync(MonitoringRecords.Services, cancellationToken);
            ImmutableArray<(string Id, long Revision)> revisions = [.. stored.Select(record => (record.Id, record.Revision))];
            if (_all is null || !revisions.SequenceEqual(_stored))
            {
                _stored = revisions;
                _all =
                [
                    .. _configured,
                    .. stored.Select(record => record.Value).Where(service => _configured.All(other => other.Service != service.Service)),
                ];
            }

            Volatile.Write(ref _readAt, time.GetTimestamp());
            return (Known, null);
        }
        catch (StoreUnavailableException exception)
        {
            return (Known, exception.Message);
        }
    }
}
