using Amazon.FIS.Endpoints;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Wire;
using Amazon.Util.Internal;

namespace Amazon.FIS;

/// <summary>How to reach AWS Fault Injection Service; what is not set comes from the environment or the profile.</summary>
public class AmazonFISConfig : ClientConfig
{
    private static readonly RegionalEndpointResolver<FISEndpointParameters> EndpointResolver = new();

    public AmazonFISConfig()
        : base(DefaultModes.Provider)
    {
        base.ServiceId = ServiceId;
        AuthenticationServiceName = "fis";
        EndpointProvider = new RegionalEndpointProvider("fis");
    }

    /// <summary>The service's id; <c>AWS_ENDPOINT_URL_FIS</c> is named after it.</summary>
    public static new string ServiceId => "fis";

    public override string RegionEndpointServiceName => "fis";

    public override string ServiceVersion => "2020-12-01";

    public override string UserAgent { get; } = InternalSDKUtils.BuildUserAgentString("fis", "4.1.0");

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointResolver.Determine(this, parameters, ServiceId);
}
