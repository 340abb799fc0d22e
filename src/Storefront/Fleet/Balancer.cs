using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Storefront.Fleet;

/// <summary>How the front balances: in turn over the instances that answer, by their own word and by how their requests go.</summary>
internal static class Balancer
{
    private const string Cluster = "storefront";

    public static IReadOnlyList<RouteConfig> Routes { get; } =
        [new() { RouteId = Cluster, ClusterId = Cluster, Match = new() { Path = "/{**rest}" } }];

    public static ClusterConfig Over(IReadOnlyDictionary<string, DestinationConfig> destinations) => new()
    {
        ClusterId = Cluster,
        LoadBalancingPolicy = "RoundRobin",
        Destinations = destinations,
        HealthCheck = new()
        {
            Active = new()
            {
                Enabled = true,
                Interval = TimeSpan.FromSeconds(1),
                Timeout = TimeSpan.FromSeconds(1),
                Policy = "ConsecutiveFailures",
                Path = "/healthz",
            },
            Passive = new() { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(2) },
            AvailableDestinationsPolicy = "HealthyAndUnknown",
        },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(30) },
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConsecutiveFailuresHealthPolicy.Threshold"] = "1",
            ["TransportFailureRateHealthPolicy.RateLimit"] = "0.5",
        },
    };
}
