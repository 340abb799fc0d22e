using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws.Experiments;

/// <summary>Settings of experiments in FIS, <c>OpsConsole:Aws:Fis</c>. The limits count for templates that carry none as tags.</summary>
internal sealed class FisOptions
{
    public const string Section = "OpsConsole:Aws:Fis";

    /// <summary>Whether the console works with FIS. Without it experiments run by fault agents alone.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The service whose health is watched for templates without the tag <c>opsconsole:service</c>.</summary>
    [StringLength(200)]
    public string Service { get; set; } = "";

    /// <summary>Percent; a run of a template without the tag <c>opsconsole:max-error-rate</c> is stopped over it.</summary>
    [Range(0.01, 100)]
    public double MaxErrorRate { get; set; } = 5;

    /// <summary>Milliseconds of the 95th percentile; likewise for <c>opsconsole:max-latency</c>.</summary>
    [Range(1, 600_000)]
    public double MaxLatency { get; set; } = 2000;

    /// <summary>How long a list of templates, and a template in it, counts as current.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan TemplatesLast { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an experiment that goes on is read.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ReadEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one call is waited for, retries included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether the vital signs during runs are written to CloudWatch.</summary>
    public bool WriteMetrics { get; set; } = true;

    /// <summary>How long these are gathered before they are written.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan WriteMetricsEvery { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class FisOptionsValidator : IValidateOptions<FisOptions>;
