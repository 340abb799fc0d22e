using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks for one template.</summary>
public class GetExperimentTemplateRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }
}

/// <summary>One template.</summary>
public class GetExperimentTemplateResponse : AmazonWebServiceResponse
{
    public ExperimentTemplate ExperimentTemplate { get; set; }
}
