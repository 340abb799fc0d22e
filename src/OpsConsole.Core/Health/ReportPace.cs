using System.Runtime.InteropServices;

namespace OpsConsole.Core.Health;

/// <summary>How often a service's evidence comes.</summary>
/// <param name="Period">Time between two reports.</param>
/// <param name="Delay">How long evidence is on its way, beyond its period, when all is well.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ReportPace(TimeSpan Period, TimeSpan Delay);
