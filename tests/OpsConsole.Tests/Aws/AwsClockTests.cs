using Microsoft.Extensions.Time.Testing;
using OpsConsole.Aws;

namespace OpsConsole.Tests.Aws;

public sealed class AwsClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _machine = new(Noon.AddSeconds(0.9));
    private readonly AwsClock _clock;

    public AwsClockTests() => _clock = new(_machine);

    [Theory]
    [InlineData(-2)]
    [InlineData(0)]
    [InlineData(2)]
    public void Clocks_that_differ_by_no_more_than_an_answer_takes_agree(int seconds)
    {
        _clock.Learn(Noon.AddSeconds(seconds));

        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }

    [Fact]
    public void A_difference_that_wanders_with_the_way_of_the_answers_stays_as_it_is_and_one_that_changes_is_learnt()
    {
        _clock.Learn(Noon.AddMinutes(-2));
        _machine.Advance(TimeSpan.FromSeconds(1.7));
        _clock.Learn(Noon.AddMinutes(-2));
        Assert.Equal(TimeSpan.FromSeconds(121), _clock.Ahead);

        _machine.Advance(TimeSpan.FromSeconds(10));
        _clock.Learn(Noon.AddMinutes(5));
        Assert.Equal(TimeSpan.FromSeconds(-287), _clock.Ahead);

        _clock.Learn(Noon.AddSeconds(12));
        Assert.Equal(TimeSpan.Zero, _clock.Ahead);
    }
}
