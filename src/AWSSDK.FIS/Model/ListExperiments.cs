using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks for experiments, newest first; 1 to 100 a page.</summary>
public class ListExperimentsRequest : AmazonFISRequest, IPaged
{
    [InQuery("maxResults")]
    public int? MaxResults { get; set; }

    [InQuery("nextToken")]
    public string NextToken { get; set; }

    [InQuery("experimentTemplateId")]
    public string ExperimentTemplateId { get; set; }
}

/// <summary>One page of experiments.</summary>
public class ListExperimentsResponse : AmazonWebServiceResponse, IPaged
{
    public List<ExperimentSummary> Experiments { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string NextToken { get; set; }
}

/// <summary>An experiment in a list: without targets and actions.</summary>
public class ExperimentSummary
{
    public string Id { get; set; }

    public string Arn { get; set; }

    public string ExperimentTemplateId { get; set; }

    public ExperimentState State { get; set; }

    public DateTime? CreationTime { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public ExperimentOptions ExperimentOptions { get; set; }
}
