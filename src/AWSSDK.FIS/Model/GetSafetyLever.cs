using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Asks for the safety lever.</summary>
public class GetSafetyLeverRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }
}

/// <summary>The safety lever.</summary>
public class GetSafetyLeverResponse : AmazonWebServiceResponse
{
    public SafetyLever SafetyLever { get; set; }
}
