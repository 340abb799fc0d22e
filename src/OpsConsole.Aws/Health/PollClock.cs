namespace OpsConsole.Aws.Health;

/// <summary>
/// When to ask. Calls keep step with the periods of the source: once a period, shortly after a period has ended, so that what is read is as new as it
/// can be and its age goes up and down by one period only.
/// </summary>
internal sealed class PollClock
{
    private static readonly TimeSpan MostOffset = TimeSpan.FromSeconds(5);

    private readonly Dictionary<TimeSpan, long> _asked = [];

    /// <summary>Whether what has this period is to be asked for now.</summary>
    public bool IsDue(TimeSpan period, DateTimeOffset now) => _asked.GetValueOrDefault(period, -1) != Turn(period, now);

    /// <summary>Notes that it was asked for.</summary>
    public void Asked(TimeSpan period, DateTimeOffset now) => _asked[period] = Turn(period, now);

    /// <summary>The start of the period in which a time lies.</summary>
    public static DateTimeOffset Floor(DateTimeOffset time, TimeSpan period) => new(time.UtcTicks - (time.UtcTicks % period.Ticks), TimeSpan.Zero);

    private static long Turn(TimeSpan period, DateTimeOffset now)
    {
        var offset = period / 4 < MostOffset ? period / 4 : MostOffset;
        return (now - offset).UtcTicks / period.Ticks;
    }
}
