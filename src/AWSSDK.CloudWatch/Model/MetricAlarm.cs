namespace Amazon.CloudWatch.Model;

/// <summary>An alarm on a metric, an expression or a query.</summary>
public class MetricAlarm
{
    public string AlarmName { get; set; }

    public string AlarmArn { get; set; }

    public string AlarmDescription { get; set; }

    public DateTime? AlarmConfigurationUpdatedTimestamp { get; set; }

    public bool? ActionsEnabled { get; set; }

    public List<string> OKActions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> AlarmActions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public List<string> InsufficientDataActions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public StateValue StateValue { get; set; }

    public string StateReason { get; set; }

    public string StateReasonData { get; set; }

    public DateTime? StateUpdatedTimestamp { get; set; }

    public string MetricName { get; set; }

    public string Namespace { get; set; }

    public Statistic Statistic { get; set; }

    public string ExtendedStatistic { get; set; }

    public List<Dimension> Dimensions { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public int? Period { get; set; }

    public StandardUnit Unit { get; set; }

    public int? EvaluationPeriods { get; set; }

    public int? DatapointsToAlarm { get; set; }

    public double? Threshold { get; set; }

    public ComparisonOperator ComparisonOperator { get; set; }

    public string TreatMissingData { get; set; }

    public string EvaluateLowSampleCountPercentile { get; set; }

    public List<MetricDataQuery> Metrics { get; set; } = AWSConfigs.InitializeCollections ? [] : null;

    public string ThresholdMetricId { get; set; }

    public EvaluationState EvaluationState { get; set; }

    public DateTime? StateTransitionedTimestamp { get; set; }

    public EvaluationWindow EvaluationWindow { get; set; }

    public EvaluationCriteria EvaluationCriteria { get; set; }

    public int? EvaluationInterval { get; set; }
}

/// <summary>How the window of evaluation moves: one of the members.</summary>
public class EvaluationWindow
{
    public WallClockWindow WallClockWindow { get; set; }

    public SlidingWindow SlidingWindow { get; set; }
}

/// <summary>The window keeps to the clock of a time zone.</summary>
public class WallClockWindow
{
    public string Timezone { get; set; }
}

/// <summary>The window moves on with every evaluation.</summary>
public class SlidingWindow;

/// <summary>What is evaluated: one of the members.</summary>
public class EvaluationCriteria
{
    public AlarmPromQLCriteria PromQLCriteria { get; set; }
}

/// <summary>A PromQL query; the periods are seconds.</summary>
public class AlarmPromQLCriteria
{
    public string Query { get; set; }

    public int? PendingPeriod { get; set; }

    public int? RecoveryPeriod { get; set; }
}
