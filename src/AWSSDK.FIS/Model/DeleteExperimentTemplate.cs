using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Deletes a template; its experiments stay.</summary>
public class DeleteExperimentTemplateRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }
}

/// <summary>The template that was deleted.</summary>
public class DeleteExperimentTemplateResponse : AmazonWebServiceResponse
{
    public ExperimentTemplate ExperimentTemplate { get; set; }
}
