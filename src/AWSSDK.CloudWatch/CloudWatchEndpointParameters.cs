using Amazon.Runtime.Endpoints;

namespace Amazon.CloudWatch.Endpoints;

/// <summary>What decides on the endpoint; for an <see cref="IEndpointProvider"/> of one's own.</summary>
public class CloudWatchEndpointParameters : EndpointParameters
{
    public CloudWatchEndpointParameters() => (UseDualStack, UseFIPS) = (false, false);

    public string Region
    {
        get => (string)this[nameof(Region)];
        set => this[nameof(Region)] = value;
    }

    public bool? UseDualStack
    {
        get => (bool?)this[nameof(UseDualStack)];
        set => this[nameof(UseDualStack)] = value;
    }

    public bool? UseFIPS
    {
        get => (bool?)this[nameof(UseFIPS)];
        set => this[nameof(UseFIPS)] = value;
    }

    public string Endpoint
    {
        get => (string)this[nameof(Endpoint)];
        set => this[nameof(Endpoint)] = value;
    }
}
