namespace Amazon.FIS.Model;

/// <summary>Where the logs of the experiments go.</summary>
public class ExperimentTemplateLogConfiguration
{
    public ExperimentTemplateCloudWatchLogsLogConfiguration CloudWatchLogsConfiguration { get; set; }

    public ExperimentTemplateS3LogConfiguration S3Configuration { get; set; }

    public int? LogSchemaVersion { get; set; }
}

/// <summary>A log group for the logs of the experiments.</summary>
public class ExperimentTemplateCloudWatchLogsLogConfiguration
{
    public string LogGroupArn { get; set; }
}

/// <summary>A bucket for the logs of the experiments.</summary>
public class ExperimentTemplateS3LogConfiguration
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}
