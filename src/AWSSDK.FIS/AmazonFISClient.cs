using Amazon.FIS.Endpoints;
using Amazon.FIS.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Wire;

namespace Amazon.FIS;

/// <summary>AWS Fault Injection Service over the pipeline of AWSSDK.Core.</summary>
public class AmazonFISClient : AmazonServiceClient, IAmazonFIS
{
    private static readonly ServiceIdentity Identity = new(AmazonFISConfig.ServiceId);

    public AmazonFISClient()
        : this(new AmazonFISConfig())
    {
    }

    public AmazonFISClient(RegionEndpoint region)
        : this(new AmazonFISConfig { RegionEndpoint = region })
    {
    }

    public AmazonFISClient(AmazonFISConfig config)
        : base(config)
    {
    }

    public AmazonFISClient(AWSCredentials credentials)
        : this(credentials, new AmazonFISConfig())
    {
    }

    public AmazonFISClient(AWSCredentials credentials, RegionEndpoint region)
        : this(credentials, new AmazonFISConfig { RegionEndpoint = region })
    {
    }

    public AmazonFISClient(AWSCredentials credentials, AmazonFISConfig clientConfig)
        : base(credentials, clientConfig)
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey)
        : this(awsAccessKeyId, awsSecretAccessKey, new AmazonFISConfig())
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey, RegionEndpoint region)
        : this(awsAccessKeyId, awsSecretAccessKey, new AmazonFISConfig { RegionEndpoint = region })
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey, AmazonFISConfig clientConfig)
        : base(awsAccessKeyId, awsSecretAccessKey, clientConfig)
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken)
        : this(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, new AmazonFISConfig())
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, RegionEndpoint region)
        : this(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, new AmazonFISConfig { RegionEndpoint = region })
    {
    }

    public AmazonFISClient(string awsAccessKeyId, string awsSecretAccessKey, string awsSessionToken, AmazonFISConfig clientConfig)
        : base(awsAccessKeyId, awsSecretAccessKey, awsSessionToken, clientConfig)
    {
    }

    public IFISPaginatorFactory Paginators => field ??= new FISPaginatorFactory(this);

    protected override IServiceMetadata ServiceMetadata => Identity;

    public virtual Task<CreateExperimentTemplateResponse> CreateExperimentTemplateAsync(CreateExperimentTemplateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<CreateExperimentTemplateResponse>(request, Operations.CreateExperimentTemplate.Options, cancellationToken);

    public virtual Task<DeleteExperimentTemplateResponse> DeleteExperimentTemplateAsync(DeleteExperimentTemplateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DeleteExperimentTemplateResponse>(request, Operations.DeleteExperimentTemplate.Options, cancellationToken);

    public virtual Task<GetExperimentResponse> GetExperimentAsync(GetExperimentRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetExperimentResponse>(request, Operations.GetExperiment.Options, cancellationToken);

    public virtual Task<GetExperimentTemplateResponse> GetExperimentTemplateAsync(GetExperimentTemplateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetExperimentTemplateResponse>(request, Operations.GetExperimentTemplate.Options, cancellationToken);

    public virtual Task<GetSafetyLeverResponse> GetSafetyLeverAsync(GetSafetyLeverRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetSafetyLeverResponse>(request, Operations.GetSafetyLever.Options, cancellationToken);

    public virtual Task<ListExperimentResolvedTargetsResponse> ListExperimentResolvedTargetsAsync(ListExperimentResolvedTargetsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListExperimentResolvedTargetsResponse>(request, Operations.ListExperimentResolvedTargets.Options, cancellationToken);

    public virtual Task<ListExperimentsResponse> ListExperimentsAsync(ListExperimentsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListExperimentsResponse>(request, Operations.ListExperiments.Options, cancellationToken);

    public virtual Task<ListExperimentTemplatesResponse> ListExperimentTemplatesAsync(ListExperimentTemplatesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<ListExperimentTemplatesResponse>(request, Operations.ListExperimentTemplates.Options, cancellationToken);

    public virtual Task<StartExperimentResponse> StartExperimentAsync(StartExperimentRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<StartExperimentResponse>(request, Operations.StartExperiment.Options, cancellationToken);

    public virtual Task<StopExperimentResponse> StopExperimentAsync(StopExperimentRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<StopExperimentResponse>(request, Operations.StopExperiment.Options, cancellationToken);

    public virtual Task<TagResourceResponse> TagResourceAsync(TagResourceRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<TagResourceResponse>(request, Operations.TagResource.Options, cancellationToken);

    public virtual Task<UpdateSafetyLeverStateResponse> UpdateSafetyLeverStateAsync(UpdateSafetyLeverStateRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<UpdateSafetyLeverStateResponse>(request, Operations.UpdateSafetyLeverState.Options, cancellationToken);

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new RegionalEndpointResolver<FISEndpointParameters>());
        pipeline.AddHandlerAfter<Marshaller>(new SigV4Handler());
    }
}
