namespace Amazon.FIS.Model;

/// <summary>What goes into the reports, and where they go.</summary>
public class ExperimentTemplateReportConfiguration
{
    public ExperimentTemplateReportConfigurationOutputs Outputs { get; set; }

    public ExperimentTemplateReportConfigurationDataSources DataSources { get; set; }

    public string PreExperimentDuration { get; set; }

    public string PostExperimentDuration { get; set; }
}

/// <summary>Where the reports go.</summary>
public class ExperimentTemplateReportConfigurationOutputs
{
    public ReportConfigurationS3Output S3Configuration { get; set; }
}

/// <summary>A bucket for the reports.</summary>
public class ReportConfigurationS3Output
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}

/// <summary>What the reports are made from.</summary>
public class ExperimentTemplateReportConfigurationDataSources
{
    public List<ExperimentTemplateReportConfigurationCloudWatchDashboard> CloudWatchDashboards { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>A dashboard in the reports.</summary>
public class ExperimentTemplateReportConfigurationCloudWatchDashboard
{
    public string DashboardIdentifier { get; set; }
}
