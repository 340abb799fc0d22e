using Amazon.FIS.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;

namespace Amazon.FIS;

/// <summary>AWS Fault Injection Service. Safe for use by many threads at once.</summary>
public interface IAmazonFIS : IAmazonService, IDisposable
{
    /// <summary>Reads lists through to their end.</summary>
    IFISPaginatorFactory Paginators { get; }

    /// <summary>Creates a template; 500 in an account and Region at most.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<CreateExperimentTemplateResponse> CreateExperimentTemplateAsync(CreateExperimentTemplateRequest request, CancellationToken cancellationToken = default);

    /// <summary>Deletes a template; its experiments stay.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<DeleteExperimentTemplateResponse> DeleteExperimentTemplateAsync(DeleteExperimentTemplateRequest request, CancellationToken cancellationToken = default);

    /// <summary>One experiment with its targets and actions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<GetExperimentResponse> GetExperimentAsync(GetExperimentRequest request, CancellationToken cancellationToken = default);

    /// <summary>One template with its targets and actions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<GetExperimentTemplateResponse> GetExperimentTemplateAsync(GetExperimentTemplateRequest request, CancellationToken cancellationToken = default);

    /// <summary>The safety lever of the account and Region.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<GetSafetyLeverResponse> GetSafetyLeverAsync(GetSafetyLeverRequest request, CancellationToken cancellationToken = default);

    /// <summary>What the targets of an experiment resolved to.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ListExperimentResolvedTargetsResponse> ListExperimentResolvedTargetsAsync(ListExperimentResolvedTargetsRequest request, CancellationToken cancellationToken = default);

    /// <summary>The experiments of the account and Region, without targets and actions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ListExperimentsResponse> ListExperimentsAsync(ListExperimentsRequest request, CancellationToken cancellationToken = default);

    /// <summary>The templates of the account and Region, without targets and actions.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<ListExperimentTemplatesResponse> ListExperimentTemplatesAsync(ListExperimentTemplatesRequest request, CancellationToken cancellationToken = default);

    /// <summary>Starts an experiment, or finds the one that the same client token has started.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<StartExperimentResponse> StartExperimentAsync(StartExperimentRequest request, CancellationToken cancellationToken = default);

    /// <summary>Stops an experiment; pending post actions run first.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<StopExperimentResponse> StopExperimentAsync(StopExperimentRequest request, CancellationToken cancellationToken = default);

    /// <summary>Puts tags on a template or an experiment.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<TagResourceResponse> TagResourceAsync(TagResourceRequest request, CancellationToken cancellationToken = default);

    /// <summary>Engages the lever, which stops every experiment, or disengages it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<UpdateSafetyLeverStateResponse> UpdateSafetyLeverStateAsync(UpdateSafetyLeverStateRequest request, CancellationToken cancellationToken = default);

    /// <summary>The endpoint that a request would go to.</summary>
    /// <param name="request">The request.</param>
    Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request);

    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonFISConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials awsCredentials, ClientConfig clientConfig) =>
        clientConfig is not AmazonFISConfig config
            ? throw new AmazonClientException($"A AmazonFISClient needs an AmazonFISConfig, not a {clientConfig?.GetType().Name}.")
            : awsCredentials is null ? new AmazonFISClient(config) : new AmazonFISClient(awsCredentials, config);
}
