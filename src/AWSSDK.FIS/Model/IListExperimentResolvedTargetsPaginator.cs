using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Every page of ListExperimentResolvedTargets; can be read through once.</summary>
public interface IListExperimentResolvedTargetsPaginator
{
    /// <summary>The whole responses.</summary>
    IPaginatedEnumerable<ListExperimentResolvedTargetsResponse> Responses { get; }

    /// <summary>The <see cref="ListExperimentResolvedTargetsResponse.ResolvedTargets"/> of all pages.</summary>
    IPaginatedEnumerable<ResolvedTarget> ResolvedTargets { get; }
}

internal sealed class ListExperimentResolvedTargetsPaginator(IAmazonFIS client, ListExperimentResolvedTargetsRequest request)
    : Paginator<ListExperimentResolvedTargetsRequest, ListExperimentResolvedTargetsResponse>(request, client.ListExperimentResolvedTargetsAsync), IListExperimentResolvedTargetsPaginator
{
    public IPaginatedEnumerable<ResolvedTarget> ResolvedTargets => Each(page => page.ResolvedTargets);
}
