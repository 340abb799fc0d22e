using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Amazon.Runtime.Wire;

/// <summary>
/// The endpoint of a service that has one in every Region, <c>https://{prefix}.{Region}.{suffix of the partition}</c>, or the one that is
/// configured instead.
/// </summary>
/// <param name="prefix">The service's first label.</param>
internal sealed class RegionalEndpointProvider(string prefix) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var fips = parameters["UseFIPS"] is true;
        var dualStack = parameters["UseDualStack"] is true;
        if (parameters["Endpoint"] is string { Length: > 0 } custom)
        {
            return (fips, dualStack) switch
            {
                (true, _) => throw new AmazonClientException("Invalid Configuration: FIPS and custom endpoint are not supported"),
                (_, true) => throw new AmazonClientException("Invalid Configuration: Dualstack and custom endpoint are not supported"),
                _ => new Endpoint(custom),
            };
        }
        if (parameters["Region"] is not string { Length: > 0 } region || Fn.Partition(region) is not { } partition)
        {
            throw new AmazonClientException("Invalid Configuration: Missing Region");
        }
        if ((fips && Fn.GetAttr(partition, "supportsFIPS") is not true) || (dualStack && Fn.GetAttr(partition, "supportsDualStack") is not true))
        {
            throw new AmazonClientException((fips, dualStack) switch
            {
                (true, true) => "FIPS and DualStack are enabled, but this partition does not support one or both",
                (true, _) => "FIPS is enabled but this partition does not support FIPS",
                _ => "DualStack is enabled but this partition does not support DualStack",
            });
        }
        // In GovCloud the usual endpoint is the one that meets FIPS.
        var host = fips && (dualStack || Fn.GetAttr(partition, "name") is not "aws-us-gov") ? $"{prefix}-fips" : prefix;
        return new Endpoint($"https://{host}.{region}.{Fn.GetAttr(partition, dualStack ? "dualStackDnsSuffix" : "dnsSuffix")}");
    }
}
