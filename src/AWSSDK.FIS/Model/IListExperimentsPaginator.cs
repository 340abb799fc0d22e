using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Every page of ListExperiments; can be read through once.</summary>
public interface IListExperimentsPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<ListExperimentsResponse> Responses { get; }

    /// <summary>The <see cref="ListExperimentsResponse.Experiments"/> of all pages.</summary>
    IPaginatedEnumerable<ExperimentSummary> Experiments { get; }
}

internal sealed class ListExperimentsPaginator(IAmazonFIS client, ListExperimentsRequest request)
    : Paginator<ListExperimentsRequest, ListExperimentsResponse>(request, client.ListExperimentsAsync), IListExperimentsPaginator
{
    public IPaginatedEnumerable<ExperimentSummary> Experiments => Each(page => page.Experiments);
}
