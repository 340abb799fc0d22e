using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Experiments;

public sealed class RecoveryMeterTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Recovery_counts_to_the_first_of_three_samples_in_a_row_that_are_back()
    {
        var meter = Meter(100);
        Look(meter, 900, 400, 105, 300, 109, 110, 95, 100);
        Assert.Equal(TimeSpan.FromSeconds(5), meter.Onset);
        Assert.Equal(TimeSpan.FromSeconds(7), meter.Confirmation);
    }

    [Fact]
    public void Better_than_the_baseline_is_back_too()
    {
        var meter = Meter(500);
        Look(meter, 20, 20, 20);
        Assert.Equal(TimeSpan.FromSeconds(1), meter.Onset);
    }

    [Fact]
    public void A_value_just_over_the_band_is_not_back()
    {
        var meter = Meter(1000);
        Look(meter, 1100.1, 1100.1, 1100.1, 1100.1);
        Assert.Null(meter.Onset);
        Look(meter, 5, 1100, 1100, 1100);
        Assert.NotNull(meter.Onset);
    }

    [Fact]
    public void Noise_at_tiny_values_does_not_keep_a_service_from_being_back()
    {
        var meter = Meter(5);
        Look(meter, 24, 20, 25);
        Assert.NotNull(meter.Onset);
    }

    [Fact]
    public void One_failed_request_over_a_baseline_of_none_does_not_count()
    {
        var meter = Meter(100);
        for (var second = 1; second <= 3; second++)
        {
            meter.Look(StatisticsTests.Sample(second, 100, requests: 20, errors: 1));
        }

        Assert.NotNull(meter.Onset);
        Assert.False(meter.IsBack(StatisticsTests.Sample(9, 100, requests: 20, errors: 2)));
    }

    [Fact]
    public void Samples_from_before_the_faults_were_gone_do_not_count()
    {
        var meter = Meter(100);
        meter.Look(StatisticsTests.Sample(-2, 100));
        meter.Look(StatisticsTests.Sample(-1, 100));
        meter.Look(StatisticsTests.Sample(0, 100));
        Assert.Null(meter.Onset);
    }

    [Fact]
    public void No_evidence_of_latency_is_not_back()
    {
        var meter = Meter(100);
        Assert.False(meter.IsBack(StatisticsTests.Sample(1, null)));
    }

    [Fact]
    public void After_five_minutes_it_is_given_up()
    {
        var meter = Meter(100);
        Assert.False(meter.GivesUp(Start.AddSeconds(299)));
        Assert.True(meter.GivesUp(Start.AddSeconds(300)));
    }

    [Fact]
    public void A_row_does_not_reach_over_a_time_in_which_nobody_watched()
    {
        var meter = Meter(100, new EvidenceGap(Start.AddSeconds(3), Start.AddSeconds(20)));
        Look(meter, 900, 100, 100);
        meter.Look(StatisticsTests.Sample(21, 100));
        meter.Look(StatisticsTests.Sample(22, 100));
        Assert.Null(meter.Onset);
        meter.Look(StatisticsTests.Sample(23, 100));
        Assert.Equal((TimeSpan.FromSeconds(21), true), (meter.Onset, meter.OnsetIsUpperBound));
    }

    [Fact]
    public void A_recovery_that_was_seen_to_begin_is_no_upper_bound()
    {
        var meter = Meter(100, new EvidenceGap(Start.AddSeconds(3), Start.AddSeconds(20)));
        Look(meter, 900, 900, 900);
        foreach (var (second, latency) in new[] { (21, 100.0), (22, 900), (23, 100), (24, 100), (25, 100) })
        {
            meter.Look(StatisticsTests.Sample(second, latency));
        }

        Assert.Equal((TimeSpan.FromSeconds(23), false), (meter.Onset, meter.OnsetIsUpperBound));
    }

    [Fact]
    public void What_was_confirmed_before_nobody_watched_stays_confirmed()
    {
        var meter = Meter(100, new EvidenceGap(Start.AddSeconds(3), Start.AddSeconds(20)));
        Look(meter, 100, 100, 100);
        meter.Look(StatisticsTests.Sample(21, 900));
        Assert.Equal((TimeSpan.FromSeconds(1), false), (meter.Onset, meter.OnsetIsUpperBound));
    }

    [Fact]
    public void The_time_in_which_nobody_watched_costs_no_patience()
    {
        var meter = Meter(100, new EvidenceGap(Start.AddSeconds(100), Start.AddSeconds(1100)));
        Assert.False(meter.GivesUp(Start.AddSeconds(1299)));
        Assert.True(meter.GivesUp(Start.AddSeconds(1300)));
    }

    private static RecoveryMeter Meter(double latency, params EvidenceGap[] gaps) =>
        new(SteadyStates.Of(StatisticsTests.Constant(10, latency, 40, 0)), Start, [.. gaps]);

    private static void Look(RecoveryMeter meter, params double[] latencies)
    {
        for (var second = 0; second < latencies.Length; second++)
        {
            meter.Look(StatisticsTests.Sample(second + 1, latencies[second]));
        }
    }
}
