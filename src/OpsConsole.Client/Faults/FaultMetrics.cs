using System.Diagnostics.Metrics;

namespace OpsConsole.Client;

/// <summary>The meter <c>OpsConsole.Client</c>.</summary>
internal static class FaultMetrics
{
    public const string MeterName = "OpsConsole.Client";
    private static readonly Meter Meter = new(MeterName);

    public static readonly Counter<long> Injected =
        Meter.CreateCounter<long>("opsconsole.faults.injected", "{fault}", "How often an injected fault struck.");
}
