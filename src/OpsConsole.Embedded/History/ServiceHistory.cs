using OpsConsole.Core.Health;

namespace OpsConsole.Embedded.History;

/// <summary>One service's hours in memory. Not safe for several threads at once.</summary>
internal sealed class ServiceHistory
{
    private DateTimeOffset _newest = DateTimeOffset.MinValue;

    public Dictionary<long, HourBlock> Hours { get; } = [];

    /// <summary>Keeps a sample if it is newer than the last one; says in which second.</summary>
    public bool TryKeep(DateTimeOffset at, DateTimeOffset now, VitalSigns signs, out long second)
    {
        second = at.ToUnixTimeSeconds();
        if (_newest > now + TimeSpan.FromMinutes(1))
        {
            // The clock was set back: what was kept under the wrong time must not keep out what comes now.
            _newest = DateTimeOffset.MinValue;
        }

        if (at <= _newest || at > now + TimeSpan.FromSeconds(5) || at < now - TimeSpan.FromHours(1))
        {
            return false;
        }

        _newest = at;
        second = FreeSecond(second);
        Put(second, signs);
        return true;
    }

    public void Put(long second, VitalSigns signs) => Block(second).Set((int)(second % HourBlock.Seconds), signs);

    /// <summary>
    /// A source that reports every second drifts over the second's edge now and then: two samples fall into one second and none into
    /// the one beside it. The second sample then goes into the free one; neither moves by more than a second.
    /// </summary>
    private long FreeSecond(long second)
    {
        if (!Has(second))
        {
            return second;
        }

        if (second % HourBlock.Seconds > 0 && !Has(second - 1))
        {
            Block(second).MoveBack((int)(second % HourBlock.Seconds));
            return second;
        }

        return Has(second + 1) ? second : second + 1;
    }

    public bool Has(long second) =>
        Hours.TryGetValue(second / HourBlock.Seconds, out var block) && block.Has((int)(second % HourBlock.Seconds));

    private HourBlock Block(long second)
    {
        var hour = second / HourBlock.Seconds;
        if (!Hours.TryGetValue(hour, out var block))
        {
            Hours[hour] = block = new HourBlock();
        }

        return block;
    }
}
