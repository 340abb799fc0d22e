using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Embedded;

/// <summary>Settings of the metrics receiver, <c>OpsConsole:Otlp</c>.</summary>
internal sealed class OtlpOptions
{
    /// <summary>The most bytes of a body, as sent and after gunzip.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many requests are worked on at once, from the first byte of their body on; more are answered 429.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentRequests { get; set; } = 64;

    /// <summary>How long a body may take to arrive; a slower one is answered 408.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan BodyWithin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many services are kept.</summary>
    [Range(1, 10_000)]
    public int MaxServices { get; set; } = 200;

    /// <summary>How many instances are kept of a service.</summary>
    [Range(1, 10_000)]
    public int MaxInstances { get; set; } = 100;

    /// <summary>How many series are kept of a service.</summary>
    [Range(1, 1_000_000)]
    public int MaxSeries { get; set; } = 5_000;

    /// <summary>How many series are kept of all services together.</summary>
    [Range(1, 10_000_000)]
    public int MaxSeriesInAll { get; set; } = 50_000;

    /// <summary>How many attributes a point or a resource may have.</summary>
    [Range(1, 1024)]
    public int MaxAttributes { get; set; } = 64;

    /// <summary>How much of the newest time the figures rest on.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:05:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a source is expected to report until it has shown how often it does.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ExpectedPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a service that has gone silent stays listed.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan KeepService { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an instance that has gone silent stays listed.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan KeepInstance { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Requests whose <c>http.route</c> starts with one of these, separated by semicolons, do not count; such as health checks.</summary>
    public string IgnoredRoutes { get; set; } = "/healthz";
}

[OptionsValidator]
internal sealed partial class OtlpOptionsValidator : IValidateOptions<OtlpOptions>;
