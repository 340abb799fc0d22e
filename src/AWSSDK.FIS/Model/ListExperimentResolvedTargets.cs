using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks what the targets of an experiment resolved to; 1 to 100 a page.</summary>
public class ListExperimentResolvedTargetsRequest : AmazonFISRequest, IPaged
{
    [InPath("id")]
    public string ExperimentId { get; set; }

    [InQuery("maxResults")]
    public int? MaxResults { get; set; }

    [InQuery("nextToken")]
    public string NextToken { get; set; }

    [InQuery("targetName")]
    public string TargetName { get; set; }
}

/// <summary>One page of resolved targets.</summary>
public class ListExperimentResolvedTargetsResponse : AmazonWebServiceResponse, IPaged
{
    public List<ResolvedTarget> ResolvedTargets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }
}

/// <summary>A resource that a target resolved to.</summary>
public class ResolvedTarget
{
    public string ResourceType { get; set; }

    public string TargetName { get; set; }

    public Dictionary<string, string> TargetInformation { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
