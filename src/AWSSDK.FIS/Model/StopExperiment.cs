using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Stops an experiment.</summary>
public class StopExperimentRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }
}

/// <summary>The experiment, which is still stopping as a rule.</summary>
public class StopExperimentResponse : AmazonWebServiceResponse
{
    public Experiment Experiment { get; set; }
}
