namespace Amazon.FIS.Model;

/// <summary>What goes into the reports of a new template, and where they go.</summary>
public class CreateExperimentTemplateReportConfigurationInput
{
    public ExperimentTemplateReportConfigurationOutputsInput Outputs { get; set; }

    public ExperimentTemplateReportConfigurationDataSourcesInput DataSources { get; set; }

    public string PreExperimentDuration { get; set; }

    public string PostExperimentDuration { get; set; }
}

/// <summary>Where the reports of a new template go.</summary>
public class ExperimentTemplateReportConfigurationOutputsInput
{
    public ReportConfigurationS3OutputInput S3Configuration { get; set; }
}

/// <summary>A bucket for the reports of a new template.</summary>
public class ReportConfigurationS3OutputInput
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}

/// <summary>What the reports of a new template are made from.</summary>
public class ExperimentTemplateReportConfigurationDataSourcesInput
{
    public List<ReportConfigurationCloudWatchDashboardInput> CloudWatchDashboards { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>A dashboard in the reports of a new template.</summary>
public class ReportConfigurationCloudWatchDashboardInput
{
    public string DashboardIdentifier { get; set; }
}
