using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks for templates; 1 to 100 a page.</summary>
public class ListExperimentTemplatesRequest : AmazonFISRequest, IPaged
{
    [InQuery("maxResults")]
    public int? MaxResults { get; set; }

    [InQuery("nextToken")]
    public string NextToken { get; set; }
}

/// <summary>One page of templates.</summary>
public class ListExperimentTemplatesResponse : AmazonWebServiceResponse, IPaged
{
    public List<ExperimentTemplateSummary> ExperimentTemplates { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }
}

/// <summary>A template in a list: without targets and actions.</summary>
public class ExperimentTemplateSummary
{
    public string Id { get; set; }

    public string Arn { get; set; }

    public string Description { get; set; }

    public DateTime? CreationTime { get; set; }

    public DateTime? LastUpdateTime { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
