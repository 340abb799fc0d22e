using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks for one experiment.</summary>
public class GetExperimentRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }
}

/// <summary>One experiment.</summary>
public class GetExperimentResponse : AmazonWebServiceResponse
{
    public Experiment Experiment { get; set; }
}
