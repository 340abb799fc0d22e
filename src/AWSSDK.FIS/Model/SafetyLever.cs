namespace Amazon.FIS.Model;

/// <summary>The lever of an account and Region that stops every experiment; its id is <c>default</c>.</summary>
public class SafetyLever
{
    public string Id { get; set; }

    public string Arn { get; set; }

    public SafetyLeverState State { get; set; }
}

/// <summary>Whether the lever is engaged, and why.</summary>
public class SafetyLeverState
{
    public SafetyLeverStatus Status { get; set; }

    public string Reason { get; set; }
}
