namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>How long FIS takes, by the server's clock.</summary>
/// <param name="Pending">From the start to <c>initiating</c>.</param>
/// <param name="Initiating">From there to <c>running</c>.</param>
/// <param name="Stopping">From a stop to <c>stopped</c>.</param>
/// <param name="Engaging">From pulling the safety lever to <c>engaged</c>, at least; never before every experiment has stopped.</param>
internal sealed record FisTimings(TimeSpan Pending, TimeSpan Initiating, TimeSpan Stopping, TimeSpan Engaging)
{
    /// <summary>A second or two for each.</summary>
    public static readonly FisTimings Usual = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));

    /// <summary>No time for any.</summary>
    public static readonly FisTimings AtOnce = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
}
