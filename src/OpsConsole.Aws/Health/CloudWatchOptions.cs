using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws.Health;

/// <summary>Settings of health from CloudWatch, <c>OpsConsole:Aws:Health</c>.</summary>
internal sealed class CloudWatchOptions
{
    public const string Section = "OpsConsole:Aws:Health";

    /// <summary>The services that are asked for; more can be added on a page.</summary>
    public IList<MonitoredServiceOptions> Services { get; } = [];

    /// <summary>How far back charts are filled when a service is first asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Backfill { get; set; } = TimeSpan.FromHours(3);

    /// <summary>How often the states of alarms are asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan AlarmPeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one answer is waited for, retries included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>US dollars for 1,000 metrics that are asked for; only shown.</summary>
    [Range(0, 1000)]
    public double UsdPerThousandMetrics { get; set; } = 0.01;
}

/// <summary>A service in the settings: a preset with its fields, or metrics by hand.</summary>
internal sealed class MonitoredServiceOptions
{
    /// <summary>The service's name.</summary>
    public string Name { get; set; } = "";

    public string? Environment { get; set; }

    /// <summary>One of the presets, e.g. <c>ApplicationLoadBalancer</c>.</summary>
    public string? Preset { get; set; }

    /// <summary>What the preset asks for, e.g. <c>FunctionName</c>.</summary>
    public IDictionary<string, string> Fields { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public int PeriodSeconds { get; set; } = 60;

    /// <summary>Metrics beside those of the preset; one with the same id replaces the preset's.</summary>
    public IList<MetricOptions> Metrics { get; } = [];

    public IList<string> Alarms { get; } = [];
}

/// <summary>A metric in the settings; see <see cref="Core.Health.Monitoring.MetricDefinition"/>.</summary>
internal sealed class MetricOptions
{
    public string Id { get; set; } = "";

    public Core.Health.Monitoring.MetricRole Role { get; set; }

    public string? Namespace { get; set; }

    public string? Metric { get; set; }

    public IDictionary<string, string> Dimensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public string? Statistic { get; set; }

    public string? Expression { get; set; }

    public double Scale { get; set; } = 1;
}

[OptionsValidator]
internal sealed partial class CloudWatchOptionsValidator : IValidateOptions<CloudWatchOptions>;
