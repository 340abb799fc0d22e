namespace OpsConsole.Features.Health;

/// <summary>
/// How far this clock is ahead of the leader's, from when looks arrive: the quickest look of late shows it best. Clocks that agree within
/// a second are taken to be right, so that a look that was slow is shown as old as it is.
/// </summary>
internal sealed class ClockSkew
{
    private static readonly TimeSpan Agreeing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Drift = TimeSpan.FromMilliseconds(5);

    private TimeSpan? _least;

    /// <summary>Learns from the time between a look and its arrival, by the two clocks.</summary>
    public TimeSpan Learn(TimeSpan arrivedAfter)
    {
        _least = _least is { } least && least + Drift < arrivedAfter ? least + Drift : arrivedAfter;
        return _least.Value.Duration() <= Agreeing ? TimeSpan.Zero : _least.Value;
    }
}
