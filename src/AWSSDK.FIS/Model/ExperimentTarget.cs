namespace Amazon.FIS.Model;

/// <summary>What an action of an experiment strikes.</summary>
public class ExperimentTarget
{
    public string ResourceType { get; set; }

    public List<string> ResourceArns { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> ResourceTags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<ExperimentTargetFilter> Filters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string SelectionMode { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>Narrows a target by an attribute of the resource.</summary>
public class ExperimentTargetFilter
{
    public string Path { get; set; }

    public List<string> Values { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
