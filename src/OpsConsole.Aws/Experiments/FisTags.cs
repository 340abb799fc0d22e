namespace OpsConsole.Aws.Experiments;

/// <summary>The tags by which templates and experiments speak to the console, and the console to whoever looks at FIS.</summary>
internal static class FisTags
{
    /// <summary>On every experiment that the console starts: <c>true</c>.</summary>
    public const string ChaosEngineering = "chaos-engineering";

    /// <summary>The environment of the console that started an experiment.</summary>
    public const string Environment = "environment";

    /// <summary>The console's run that an experiment belongs to.</summary>
    public const string Run = "opsconsole:run";

    /// <summary>On a template: the service whose health is watched.</summary>
    public const string Service = "opsconsole:service";

    /// <summary>On a template: what is believed to hold.</summary>
    public const string Hypothesis = "opsconsole:hypothesis";

    /// <summary>On a template: percent.</summary>
    public const string MaxErrorRate = "opsconsole:max-error-rate";

    /// <summary>On a template: milliseconds of the 95th percentile.</summary>
    public const string MaxLatency = "opsconsole:max-latency";
}
