namespace OpsConsole.AdapterTests.Aws.Scripted.Ssm;

/// <summary>A step of an Automation document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Action">What it does, such as <c>aws:executeAwsApi</c>; <c>aws:approve</c> waits for a signal.</param>
/// <param name="Duration">How long it takes, by the server's clock; an approval takes as long as it waits.</param>
/// <param name="Failure">What it fails with; null when it goes well.</param>
internal sealed record AutomationStep(string Name, string Action = "aws:executeAwsApi", TimeSpan Duration = default, string? Failure = null)
{
    /// <summary>The values that it is called with, each written as JSON.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>What it gives when it goes well.</summary>
    public IReadOnlyDictionary<string, string[]> Outputs { get; init; } = new Dictionary<string, string[]>();

    /// <summary>A step that waits for somebody's approval.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="approvers">Who may approve it.</param>
    public static AutomationStep Approval(string name, params string[] approvers) => new(name, "aws:approve")
    {
        Inputs = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Approvers"] = System.Text.Json.JsonSerializer.Serialize(approvers),
            ["MinRequiredApprovals"] = "1",
            ["Message"] = "\"May this go on?\"",
        },
    };
}

/// <summary>An Automation document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">Its parameters; those without a default must be given.</param>
/// <param name="Steps">Its steps, one after the other.</param>
internal sealed record AutomationDocument(string Name, IReadOnlyDictionary<string, string?> Parameters, IReadOnlyList<AutomationStep> Steps)
{
    /// <summary>How many versions there are; what is run is always the same.</summary>
    public int Versions { get; init; } = 1;
}
