namespace Amazon.FIS.Model;

/// <summary>One action of an experiment.</summary>
public class ExperimentAction
{
    public string ActionId { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> StartAfter { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public ExperimentActionState State { get; set; }

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }
}

/// <summary>Where an action stands, and why.</summary>
public class ExperimentActionState
{
    public ExperimentActionStatus Status { get; set; }

    public string Reason { get; set; }
}
