namespace Amazon.FIS.Model;

/// <summary>Reads lists of FIS through to their end.</summary>
public interface IFISPaginatorFactory
{
    /// <summary>Reads every page of ListExperimentResolvedTargets.</summary>
    /// <param name="request">The first request.</param>
    IListExperimentResolvedTargetsPaginator ListExperimentResolvedTargets(ListExperimentResolvedTargetsRequest request);

    /// <summary>Reads every page of ListExperiments.</summary>
    /// <param name="request">The first request.</param>
    IListExperimentsPaginator ListExperiments(ListExperimentsRequest request);

    /// <summary>Reads every page of ListExperimentTemplates.</summary>
    /// <param name="request">The first request.</param>
    IListExperimentTemplatesPaginator ListExperimentTemplates(ListExperimentTemplatesRequest request);
}

internal sealed class FISPaginatorFactory(IAmazonFIS client) : IFISPaginatorFactory
{
    public IListExperimentResolvedTargetsPaginator ListExperimentResolvedTargets(ListExperimentResolvedTargetsRequest request) => new ListExperimentResolvedTargetsPaginator(client, request);

    public IListExperimentsPaginator ListExperiments(ListExperimentsRequest request) => new ListExperimentsPaginator(client, request);

    public IListExperimentTemplatesPaginator ListExperimentTemplates(ListExperimentTemplatesRequest request) => new ListExperimentTemplatesPaginator(client, request);
}
