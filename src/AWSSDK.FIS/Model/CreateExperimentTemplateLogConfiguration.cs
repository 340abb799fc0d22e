namespace Amazon.FIS.Model;

/// <summary>Where the logs of a new template's experiments go.</summary>
public class CreateExperimentTemplateLogConfigurationInput
{
    public ExperimentTemplateCloudWatchLogsLogConfigurationInput CloudWatchLogsConfiguration { get; set; }

    public ExperimentTemplateS3LogConfigurationInput S3Configuration { get; set; }

    public int? LogSchemaVersion { get; set; }
}

/// <summary>A log group for the logs of a new template's experiments.</summary>
public class ExperimentTemplateCloudWatchLogsLogConfigurationInput
{
    public string LogGroupArn { get; set; }
}

/// <summary>A bucket for the logs of a new template's experiments.</summary>
public class ExperimentTemplateS3LogConfigurationInput
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}
