namespace Amazon.FIS.Model;

/// <summary>An experiment: one run of a template.</summary>
public class Experiment
{
    public string Id { get; set; }

    public string Arn { get; set; }

    public string ExperimentTemplateId { get; set; }

    public string RoleArn { get; set; }

    public ExperimentState State { get; set; }

    public Dictionary<string, ExperimentTarget> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, ExperimentAction> Actions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<ExperimentStopCondition> StopConditions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public DateTime? CreationTime { get; set; }

    public DateTime? StartTime { get; set; }

    public DateTime? EndTime { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public ExperimentLogConfiguration LogConfiguration { get; set; }

    public ExperimentOptions ExperimentOptions { get; set; }

    public long? TargetAccountConfigurationsCount { get; set; }

    public ExperimentReportConfiguration ExperimentReportConfiguration { get; set; }

    public ExperimentReport ExperimentReport { get; set; }
}

/// <summary>Where an experiment stands, and why.</summary>
public class ExperimentState
{
    public ExperimentStatus Status { get; set; }

    public string Reason { get; set; }

    public ExperimentError Error { get; set; }
}

/// <summary>What made an experiment fail, and in which account.</summary>
public class ExperimentError
{
    public string AccountId { get; set; }

    public string Code { get; set; }

    public string Location { get; set; }
}

/// <summary>The options that an experiment was started with.</summary>
public class ExperimentOptions
{
    public AccountTargeting AccountTargeting { get; set; }

    public EmptyTargetResolutionMode EmptyTargetResolutionMode { get; set; }

    public ActionsMode ActionsMode { get; set; }
}

/// <summary>What stops the experiment by itself: an alarm, or <c>none</c>.</summary>
public class ExperimentStopCondition
{
    public string Source { get; set; }

    public string Value { get; set; }
}
