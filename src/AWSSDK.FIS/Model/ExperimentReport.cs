namespace Amazon.FIS.Model;

/// <summary>The report of an experiment.</summary>
public class ExperimentReport
{
    public ExperimentReportState State { get; set; }

    public List<ExperimentReportS3Report> S3Reports { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>How far the report is.</summary>
public class ExperimentReportState
{
    public ExperimentReportStatus Status { get; set; }

    public string Reason { get; set; }

    public ExperimentReportError Error { get; set; }
}

/// <summary>Why there is no report.</summary>
public class ExperimentReportError
{
    public string Code { get; set; }
}

/// <summary>A report in S3.</summary>
public class ExperimentReportS3Report
{
    public string Arn { get; set; }

    public string ReportType { get; set; }
}

/// <summary>What goes into the report, and where it goes.</summary>
public class ExperimentReportConfiguration
{
    public ExperimentReportConfigurationOutputs Outputs { get; set; }

    public ExperimentReportConfigurationDataSources DataSources { get; set; }

    public string PreExperimentDuration { get; set; }

    public string PostExperimentDuration { get; set; }
}

/// <summary>Where the report goes.</summary>
public class ExperimentReportConfigurationOutputs
{
    public ExperimentReportConfigurationOutputsS3Configuration S3Configuration { get; set; }
}

/// <summary>A bucket for the report.</summary>
public class ExperimentReportConfigurationOutputsS3Configuration
{
    public string BucketName { get; set; }

    public string Prefix { get; set; }
}

/// <summary>What the report is made from.</summary>
public class ExperimentReportConfigurationDataSources
{
    public List<ExperimentReportConfigurationCloudWatchDashboard> CloudWatchDashboards { get; set; } = AWSConfigs.InitializeCollections ? [] : null;
}

/// <summary>A dashboard in the report.</summary>
public class ExperimentReportConfigurationCloudWatchDashboard
{
    public string DashboardIdentifier { get; set; }
}
