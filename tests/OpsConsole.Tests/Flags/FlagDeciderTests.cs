using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Features.Flags;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Tests.Flags;

public sealed class FlagDeciderTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FlagDecider _decider;
    private HealthSnapshot _health = Health(errorRate: 0);
    private PastShed? _past;
    private Flag _flag = new() { Key = "a", Enabled = true, Conditions = new() { Service = "shop", MaxErrorRate = 5, RecoverFor = TimeSpan.Zero, Latch = true } };

    public FlagDeciderTests() => _decider = new(_clock, Options.Create(new FlagsOptions()));

    [Fact]
    public void Health_at_which_nobody_looks_any_more_is_no_evidence()
    {
        Assert.True(Decide().Served);
        _clock.Advance(TimeSpan.FromSeconds(3.1));
        Assert.True(Decide().Served);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Decide().Served);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void After_a_restart_it_is_latched_unless_a_person_has_reset_it(int resets, bool latched)
    {
        _past = new("error rate 9.0 % > 5 %", ByBreach: true, LatchResets: 0, _clock.GetUtcNow());
        _flag = _flag with { LatchResets = resets };
        Assert.Equal(latched, Decide().Latched);
    }

    [Fact]
    public void What_one_service_allowed_says_nothing_of_another()
    {
        Assert.True(Decide().Served);
        _flag = _flag with { Conditions = _flag.Conditions! with { Service = "cart" } };
        Assert.False(Decide().Served);
    }

    [Fact]
    public void A_flag_that_is_not_wanted_does_not_latch()
    {
        _flag = _flag with { Enabled = false };
        _health = Health(errorRate: 9);
        Decide();
        _flag = _flag with { Enabled = true };
        _health = Health(errorRate: 0);
        Assert.True(Decide().Served);
    }

    private static HealthSnapshot Health(double errorRate) => HealthSnapshot.Empty with
    {
        Services = HealthSnapshot.Empty.Services.Add(
            "shop", new() { Service = "shop", Environment = "test", Freshness = Freshness.Fresh, Signs = new(ErrorRate: errorRate, Throughput: 41) }),
    };

    private FlagView Decide() => _decider
        .Decide([new("a", 1, _flag)], ImmutableDictionary<string, PendingOff>.Empty, _health, _ => _past).Snapshot.Flags["a"];
}
