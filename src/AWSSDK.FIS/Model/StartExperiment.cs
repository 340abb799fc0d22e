using Amazon.Runtime;
using Amazon.Runtime.Wire;

namespace Amazon.FIS.Model;

/// <summary>Starts an experiment of a template.</summary>
public class StartExperimentRequest : AmazonFISRequest
{
    [IdempotencyToken]
    public string ClientToken { get; set; }

    public string ExperimentTemplateId { get; set; }

    public StartExperimentExperimentOptionsInput ExperimentOptions { get; set; }

    public Dictionary<string, string> Tags { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary><see cref="Amazon.FIS.ActionsMode.SkipAll"/> resolves the targets and does nothing to them.</summary>
public class StartExperimentExperimentOptionsInput
{
    public ActionsMode ActionsMode { get; set; }
}

/// <summary>The experiment that was started, or that the same client token had started before.</summary>
public class StartExperimentResponse : AmazonWebServiceResponse
{
    public Experiment Experiment { get; set; }
}
