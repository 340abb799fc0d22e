using Amazon.CloudWatch.Endpoints;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Wire;
using Amazon.Util.Internal;

namespace Amazon.CloudWatch;

/// <summary>How to reach Amazon CloudWatch; what is not set comes from the environment or the profile.</summary>
public class AmazonCloudWatchConfig : ClientConfig
{
    private static readonly RegionalEndpointResolver<CloudWatchEndpointParameters> EndpointResolver = new();

    public AmazonCloudWatchConfig()
        : base(DefaultModes.Provider)
    {
        base.ServiceId = ServiceId;
        AuthenticationServiceName = "monitoring";
        EndpointProvider = new RegionalEndpointProvider("monitoring");
        // Metrics shrink to a tenth, so compression pays long before the 10 KB at which AWSSDK.Core begins.
        if (FallbackInternalConfigurationFactory.RequestMinCompressionSizeBytes is null)
        {
            RequestMinCompressionSizeBytes = 1024;
        }
    }

    /// <summary>The service's id; <c>AWS_ENDPOINT_URL_CLOUDWATCH</c> is named after it.</summary>
    public static new string ServiceId => "CloudWatch";

    public override string RegionEndpointServiceName => "monitoring";

    public override string ServiceVersion => "2010-08-01";

    public override string UserAgent { get; } = InternalSDKUtils.BuildUserAgentString("CloudWatch", "4.1.0");

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointResolver.Determine(this, parameters, ServiceId);
}
