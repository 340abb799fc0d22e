namespace Amazon.FIS.Model;

/// <summary>Where the log of an experiment goes.</summary>
public class ExperimentLogConfiguration
{
    public ExperimentCloudWatchLogsLogConfiguration CloudWatchLogsConfiguration { get; set; }

    public ExperimentS3LogConfiguration S3Configuration { get; set; }

    public int? LogSchemaVersion { get; set; }
}

/// <summary>A log group for the log of an experiment.</summary>
public class ExperimentCloudWatchLogsLogConfiguration
{
    public string LogGroupArn { get; set; }
}

/// <summary>A bucket for the log of an experiment.</summary>
public class ExperimentS3LogConfiguration
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}
