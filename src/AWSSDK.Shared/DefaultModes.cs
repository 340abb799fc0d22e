using System.Collections.ObjectModel;
using Amazon.Runtime.Internal;

namespace Amazon.Runtime.Wire;

/// <summary>What the default modes of the SDK mean: how long to wait for a connection, and how to retry.</summary>
internal static class DefaultModes
{
    /// <summary>Takes the mode from the environment or the profile.</summary>
    public static IDefaultConfigurationProvider Provider { get; } = new DefaultConfigurationProvider(new ReadOnlyCollection<IDefaultConfiguration>(
    [
        Mode(DefaultConfigurationMode.Standard, 3100),
        Mode(DefaultConfigurationMode.InRegion, 1100),
        Mode(DefaultConfigurationMode.CrossRegion, 3100),
        Mode(DefaultConfigurationMode.Mobile, 30000),
        Mode(DefaultConfigurationMode.Auto, 1100),
    ]));

    private static DefaultConfiguration Mode(DefaultConfigurationMode name, int connectMilliseconds)
    {
        var connect = TimeSpan.FromMilliseconds(connectMilliseconds);
        return new DefaultConfiguration
        {
            Name = name,
            RetryMode = RequestRetryMode.Standard,
            S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
            ConnectTimeout = connect,
            TlsNegotiationTimeout = connect,
        };
    }
}
