namespace OpsConsole.Client;

/// <summary>
/// A monotonic clock, coarsely: it is behind the fine one by <see cref="Lateness"/> at most and several times quicker to read, which is
/// what every read of a flag with a lease costs. It goes on while the process is frozen.
/// </summary>
/// <param name="clock">The fine one.</param>
internal sealed class CoarseClock(TimeProvider clock)
{
    private readonly TimeProvider? _exact = ReferenceEquals(clock, TimeProvider.System) ? null : clock;

    /// <summary>In milliseconds; the tick of the slowest system's clock.</summary>
    public long Lateness => _exact is null ? 16 : 0;

    /// <summary>Since some moment in the past.</summary>
    public long Milliseconds =>
        _exact is null ? Environment.TickCount64 : (long)_exact.GetElapsedTime(0, _exact.GetTimestamp()).TotalMilliseconds;
}
