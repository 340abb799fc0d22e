using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Engages or disengages the safety lever.</summary>
public class UpdateSafetyLeverStateRequest : AmazonFISRequest
{
    [InPath("id")]
    public string Id { get; set; }

    public UpdateSafetyLeverStateInput State { get; set; }
}

/// <summary>The wanted state of the lever; the reason is required.</summary>
public class UpdateSafetyLeverStateInput
{
    public SafetyLeverStatusInput Status { get; set; }

    public string Reason { get; set; }
}

/// <summary>The safety lever, which is still engaging as a rule.</summary>
public class UpdateSafetyLeverStateResponse : AmazonWebServiceResponse
{
    public SafetyLever SafetyLever { get; set; }
}
