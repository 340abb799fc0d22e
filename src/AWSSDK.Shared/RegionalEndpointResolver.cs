using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util;

namespace Amazon.Runtime.Wire;

/// <summary>Takes what decides on the endpoint from the client's configuration.</summary>
/// <typeparam name="TParameters">The service's parameters.</typeparam>
internal sealed class RegionalEndpointResolver<TParameters> : BaseEndpointResolver
    where TParameters : EndpointParameters, new()
{
    /// <summary>The endpoint of an operation, without calling it.</summary>
    /// <param name="config">The client's configuration.</param>
    /// <param name="parameters">The request.</param>
    /// <param name="service">The service's id.</param>
    public Endpoint Determine(ClientConfig config, ServiceOperationEndpointParameters parameters, string service)
    {
        var request = new DefaultRequest(parameters.Request, service) { AlternateEndpoint = parameters.AlternateEndpoint };
        var context = new RequestContext(false) { ClientConfig = config, OriginalRequest = parameters.Request, Request = request };
        return GetEndpoint(new Internal.ExecutionContext(context, responseContext: null));
    }

    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters) =>
        InjectHostPrefix(executionContext.RequestContext);

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        var config = requestContext.ClientConfig;
        return new TParameters
        {
            ["Region"] = requestContext.Request.AlternateEndpoint?.SystemName ?? config.RegionEndpoint?.SystemName ?? RegionOf(config),
            ["UseDualStack"] = config.UseDualstackEndpoint,
            ["UseFIPS"] = config.UseFIPSEndpoint,
            ["Endpoint"] = config.ServiceURL,
        };
    }

    private static string RegionOf(IClientConfig config) => config switch
    {
        { ServiceURL: null or "" } => null,
        { AuthenticationRegion: { Length: > 0 } region } => region,
        _ => AWSSDKUtils.DetermineRegion(config.ServiceURL),
    };
}
