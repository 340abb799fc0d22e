using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Every page of ListExperimentTemplates; can be read through once.</summary>
public interface IListExperimentTemplatesPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<ListExperimentTemplatesResponse> Responses { get; }

    /// <summary>The <see cref="ListExperimentTemplatesResponse.ExperimentTemplates"/> of all pages.</summary>
    IPaginatedEnumerable<ExperimentTemplateSummary> ExperimentTemplates { get; }
}

internal sealed class ListExperimentTemplatesPaginator(IAmazonFIS client, ListExperimentTemplatesRequest request)
    : Paginator<ListExperimentTemplatesRequest, ListExperimentTemplatesResponse>(request, client.ListExperimentTemplatesAsync), IListExperimentTemplatesPaginator
{
    public IPaginatedEnumerable<ExperimentTemplateSummary> ExperimentTemplates => Each(page => page.ExperimentTemplates);
}
