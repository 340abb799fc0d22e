namespace Amazon.FIS.Model;

/// <summary>What an experiment does: targets, actions, stop conditions.</summary>
public class ExperimentTemplate
{
    public string Id { get; set; }

    public string Arn { get; set; }

    public string Description { get; set; }

    public Dictionary<string, ExperimentTemplateTarget> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, ExperimentTemplateAction> Actions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<ExperimentTemplateStopCondition> StopConditions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public DateTime? CreationTime { get; set; }

    public DateTime? LastUpdateTime { get; set; }

    public string RoleArn { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public ExperimentTemplateLogConfiguration LogConfiguration { get; set; }

    public ExperimentTemplateExperimentOptions ExperimentOptions { get; set; }

    public long? TargetAccountConfigurationsCount { get; set; }

    public ExperimentTemplateReportConfiguration ExperimentReportConfiguration { get; set; }
}

/// <summary>The options of the experiments of a template.</summary>
public class ExperimentTemplateExperimentOptions
{
    public AccountTargeting AccountTargeting { get; set; }

    public EmptyTargetResolutionMode EmptyTargetResolutionMode { get; set; }
}

/// <summary>What stops an experiment by itself: <c>aws:cloudwatch:alarm</c> with the ARN of the alarm, or <c>none</c>.</summary>
public class ExperimentTemplateStopCondition
{
    public string Source { get; set; }

    public string Value { get; set; }
}

/// <summary>One action of a template.</summary>
public class ExperimentTemplateAction
{
    public string ActionId { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> StartAfter { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>What an action of a template strikes.</summary>
public class ExperimentTemplateTarget
{
    public string ResourceType { get; set; }

    public List<string> ResourceArns { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> ResourceTags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<ExperimentTemplateTargetFilter> Filters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string SelectionMode { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>Narrows a target by an attribute of the resource.</summary>
public class ExperimentTemplateTargetFilter
{
    public string Path { get; set; }

    public List<string> Values { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
