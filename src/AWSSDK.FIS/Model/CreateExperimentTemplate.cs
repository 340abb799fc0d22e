using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Creates a template.</summary>
public class CreateExperimentTemplateRequest : AmazonFISRequest
{
    [IdempotencyToken]
    public string ClientToken { get; set; }

    public string Description { get; set; }

    public List<CreateExperimentTemplateStopConditionInput> StopConditions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, CreateExperimentTemplateTargetInput> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, CreateExperimentTemplateActionInput> Actions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string RoleArn { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public CreateExperimentTemplateLogConfigurationInput LogConfiguration { get; set; }

    public CreateExperimentTemplateExperimentOptionsInput ExperimentOptions { get; set; }

    public CreateExperimentTemplateReportConfigurationInput ExperimentReportConfiguration { get; set; }
}

/// <summary>The template that was created.</summary>
public class CreateExperimentTemplateResponse : AmazonWebServiceResponse
{
    public ExperimentTemplate ExperimentTemplate { get; set; }
}

/// <summary>The options of the experiments of a new template.</summary>
public class CreateExperimentTemplateExperimentOptionsInput
{
    public AccountTargeting AccountTargeting { get; set; }

    public EmptyTargetResolutionMode EmptyTargetResolutionMode { get; set; }
}

/// <summary>A stop condition of a new template.</summary>
public class CreateExperimentTemplateStopConditionInput
{
    public string Source { get; set; }

    public string Value { get; set; }
}

/// <summary>An action of a new template.</summary>
public class CreateExperimentTemplateActionInput
{
    public string ActionId { get; set; }

    public string Description { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> Targets { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> StartAfter { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>A target of a new template.</summary>
public class CreateExperimentTemplateTargetInput
{
    public string ResourceType { get; set; }

    public List<string> ResourceArns { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public Dictionary<string, string> ResourceTags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<ExperimentTemplateTargetInputFilter> Filters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string SelectionMode { get; set; }

    public Dictionary<string, string> Parameters { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>Narrows a target of a new template by an attribute of the resource.</summary>
public class ExperimentTemplateTargetInputFilter
{
    public string Path { get; set; }

    public List<string> Values { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}
