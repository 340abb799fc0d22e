using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;

namespace OpsConsole.Tests.Flags;

public sealed class FlagGateTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FlagGate _gate;
    private FlagConditions _conditions = new() { Service = "shop", MaxErrorRate = 5, MaxLatency = 500, RecoverFor = TimeSpan.FromSeconds(30) };

    public FlagGateTests() => _gate = new(_clock, TimeSpan.FromSeconds(1));

    [Fact]
    public void A_new_gate_is_shut_until_there_is_evidence_and_then_opens_at_once()
    {
        Assert.Equal(GateState.Waiting, Look(null).State);
        Assert.Equal(GateState.Open, Look(Healthy()).State);
    }

    [Fact]
    public void A_flag_is_shed_at_the_first_look_at_which_its_error_rate_is_over_the_limit()
    {
        Look(Healthy());
        Assert.True(Look(Healthy() with { Signs = new(ErrorRate: 5, LatencyP95: 500) }).Open);
        Assert.False(Look(Erring(5.01)).Open);
    }

    [Fact]
    public void It_says_how_long_the_limit_has_been_breached()
    {
        Look(Erring(7.2));
        _clock.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal("error rate 7.2 % > 5 % for 14 s", Look(Erring(7.2)).Sentence);
    }

    [Fact]
    public void A_value_that_is_hardly_over_its_limit_is_written_so_that_one_sees_it() =>
        Assert.StartsWith("error rate 5.01 % > 5 %", Look(Erring(5.01)).Sentence, StringComparison.Ordinal);

    [Fact]
    public void It_opens_when_every_limit_has_held_for_the_whole_time_to_recover()
    {
        Look(Erring(9));
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(GateState.Recovering, Look(Healthy()).State);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(GateState.Open, Look(Healthy()).State);
    }

    [Fact]
    public void Another_breach_starts_the_time_to_recover_anew()
    {
        Look(Erring(9));
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(29));
        Look(Erring(9));
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(Look(Healthy()).Open);
    }

    [Fact]
    public void Missing_evidence_is_borne_for_the_grace_and_no_longer()
    {
        Look(Healthy());
        Assert.True(Look(Stale()).Open);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var reading = Look(Stale());
        Assert.Equal(GateState.Blind, reading.State);
        Assert.Equal("no fresh evidence of shop for 1 s", reading.Sentence);
    }

    [Fact]
    public void A_flag_that_is_marked_so_is_held_through_missing_evidence_but_not_through_a_breach()
    {
        _conditions = _conditions with { HoldThroughUnknown = true };
        Look(Healthy());
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(GateState.Held, Look(Stale()).State);
        Assert.Equal(GateState.Breached, Look(Erring(9)).State);
        Assert.False(Look(Stale()).Open);
    }

    [Fact]
    public void One_absent_sign_is_missing_evidence()
    {
        Look(Healthy());
        Look(Healthy() with { Signs = new(ErrorRate: 0, Throughput: 3) });
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(GateState.Blind, Look(Healthy() with { Signs = new(ErrorRate: 0, Throughput: 3) }).State);
    }

    [Fact]
    public void A_fresh_source_without_a_request_is_healthy() =>
        Assert.Equal(GateState.Open, Look(Healthy() with { Signs = new(Throughput: 0) }).State);

    [Fact]
    public void Once_latched_it_stays_shut_until_a_person_resets_it()
    {
        _conditions = _conditions with { Latch = true };
        Look(Healthy());
        Look(Erring(9));
        Look(Healthy());
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(GateState.Latched, Look(Healthy()).State);
        _gate.ResetLatch();
        Assert.Equal(GateState.Open, Look(Healthy()).State);
    }

    [Fact]
    public void A_flag_that_is_not_wanted_does_not_latch()
    {
        _conditions = _conditions with { Latch = true };
        _gate.Look(_conditions, Erring(9), wanted: false);
        _gate.Look(_conditions, Healthy(), wanted: false);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(GateState.Open, Look(Healthy()).State);
    }

    [Fact]
    public void What_was_shed_before_a_restart_waits_for_its_time_to_recover()
    {
        _gate.Resume("error rate 9.0 % > 5 %", latched: false, _clock.GetUtcNow());
        var reading = Look(Healthy());
        Assert.Equal(GateState.Recovering, reading.State);
        Assert.Equal("every limit has held for 0 s of 30 s since error rate 9.0 % > 5 %", reading.Sentence);
    }

    [Fact]
    public void Missing_evidence_starts_the_time_to_recover_anew()
    {
        Look(Erring(9));
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(29));
        Look(Stale());
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(GateState.Recovering, Look(Healthy()).State);
    }

    [Fact]
    public void Evidence_that_comes_back_within_the_grace_starts_the_grace_anew()
    {
        Look(Healthy());
        Look(Stale());
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Look(Stale()).Open);
    }

    [Fact]
    public void A_source_without_a_request_still_owes_the_signs_that_need_none()
    {
        _conditions = _conditions with { MaxCpuUtilization = 80 };
        Assert.Equal(GateState.Waiting, Look(Healthy() with { Signs = new(Throughput: 0) }).State);
    }

    [Fact]
    public void A_latch_that_is_taken_off_the_conditions_latches_no_more()
    {
        _conditions = _conditions with { Latch = true };
        Look(Erring(9));
        _conditions = _conditions with { Latch = false };
        Look(Healthy());
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(GateState.Open, Look(Healthy()).State);
    }

    private static Sample Healthy() => new()
    {
        Service = "shop",
        Environment = "test",
        Freshness = Freshness.Fresh,
        Signs = new(ErrorRate: 0.3, LatencyP95: 84, Throughput: 41),
    };

    private static Sample Erring(double rate) => Healthy() with { Signs = new(ErrorRate: rate, LatencyP95: 84, Throughput: 41) };

    private static Sample Stale() => Healthy() with { Freshness = Freshness.Stale };

    private GateReading Look(Sample? sample) => _gate.Look(_conditions, sample, wanted: true);
}
