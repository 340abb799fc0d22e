using OpsConsole.Aws.Health;

namespace OpsConsole.Tests.Aws.Health;

public sealed class PollClockTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PollClock _clock = new();

    [Fact]
    public void What_was_never_asked_for_is_due() => Assert.True(_clock.IsDue(Minute, Monitored.Noon));

    [Fact]
    public void A_period_is_asked_for_once_and_again_shortly_after_it_has_ended()
    {
        _clock.Asked(Minute, Monitored.Noon + TimeSpan.FromSeconds(20));

        Assert.False(_clock.IsDue(Minute, Monitored.Noon + TimeSpan.FromSeconds(61)));
        Assert.True(_clock.IsDue(Minute, Monitored.Noon + TimeSpan.FromSeconds(66)));
    }

    [Fact]
    public void Periods_have_a_turn_each()
    {
        _clock.Asked(Minute, Monitored.Noon + TimeSpan.FromSeconds(20));

        Assert.True(_clock.IsDue(TimeSpan.FromSeconds(1), Monitored.Noon + TimeSpan.FromSeconds(21)));
    }
}
