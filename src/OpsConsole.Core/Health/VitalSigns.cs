namespace OpsConsole.Core.Health;

/// <summary>
/// The vital signs at one time. A sign that is <see langword="null"/> is absent: there is no evidence, which is not zero.
/// </summary>
/// <param name="ErrorRate">Percent, 0 to 100.</param>
/// <param name="LatencyMean">Milliseconds.</param>
/// <param name="LatencyP50">Milliseconds.</param>
/// <param name="LatencyP95">Milliseconds.</param>
/// <param name="LatencyP99">Milliseconds.</param>
/// <param name="Throughput">Requests per second.</param>
/// <param name="CpuUtilization">Percent, 0 to 100.</param>
/// <param name="ActiveConnections">Count.</param>
public sealed record VitalSigns(
    double? ErrorRate = null,
    double? LatencyMean = null,
    double? LatencyP50 = null,
    double? LatencyP95 = null,
    double? LatencyP99 = null,
    double? Throughput = null,
    double? CpuUtilization = null,
    double? ActiveConnections = null)
{
    /// <summary>No evidence of anything.</summary>
    public static VitalSigns None { get; } = new();

    /// <summary>The value of one sign, or <see langword="null"/> where there is no evidence.</summary>
    /// <param name="sign">Which sign.</param>
    public double? this[VitalSign sign] => sign switch
    {
        VitalSign.ErrorRate => ErrorRate,
        VitalSign.LatencyMean => LatencyMean,
        VitalSign.LatencyP50 => LatencyP50,
        VitalSign.LatencyP95 => LatencyP95,
        VitalSign.LatencyP99 => LatencyP99,
        VitalSign.Throughput => Throughput,
        VitalSign.CpuUtilization => CpuUtilization,
        VitalSign.ActiveConnections => ActiveConnections,
        _ => throw new ArgumentOutOfRangeException(nameof(sign), sign, "Not a vital sign."),
    };

    /// <summary>The signs from values in the order of <see cref="VitalSign"/>.</summary>
    /// <param name="values">Eight values; <see langword="null"/> where there is no evidence.</param>
    public static VitalSigns From(ReadOnlySpan<double?> values) =>
        new(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
}
