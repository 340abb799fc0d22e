using OpsConsole.Core;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Health;

namespace OpsConsole.Tests.Experiments;

public sealed class PreflightTests
{
    private static readonly ProductionWindow Berlin = new(
        TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
        [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday],
        new(9, 0),
        new(17, 0));

    private static PreflightInputs Good => new()
    {
        Experiment = BuiltInExperiments.Find("network-latency")!,
        Runs = RunSnapshot.Empty,
        Environment = new ConsoleEnvironment("production"),
        Window = Berlin,
        Now = new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero),
        Targets = [new("shop-1", true), new("shop-2", true), new("shop-3", false)],
        Sample = StatisticsTests.Sample(0, 80) with { Age = TimeSpan.FromSeconds(0.4) },
    };

    [Fact]
    public void A_steady_service_with_targets_may_be_touched() => Assert.True(Preflight.Passed(Preflight.Check(Good)));

    [Fact]
    public void Every_refusal_names_its_mend()
    {
        var checks = Preflight.Check(Good with
        {
            Runs = new([], [], new SafetyLever(true, "ada", "incident 7", null)),
            Now = new DateTimeOffset(2026, 3, 7, 10, 0, 0, TimeSpan.Zero),
            Targets = [],
            Sample = null,
            StoreProblem = "The disk is full.",
        });
        Assert.Equal(7, checks.Count(check => !check.Passed));
        Assert.All(checks.Where(check => !check.Passed), check => Assert.False(string.IsNullOrWhiteSpace(check.Mend), check.Name));
    }

    [Theory]
    [InlineData(10, 1200, "")]
    [InlineData(10.1, 1200, "Steady error rate")]
    [InlineData(10, 1200.1, "Steady latency")]
    public void Steady_is_half_the_error_safeguard_and_four_fifths_of_the_latency_safeguard(double errorRate, double latency, string failing)
    {
        var sample = Good.Sample! with { Signs = new(ErrorRate: errorRate, LatencyP95: latency) };
        Assert.Equal(failing, Failing(Good with { Sample = sample }));
    }

    [Theory]
    [InlineData(Freshness.Late)]
    [InlineData(Freshness.Stale)]
    [InlineData(Freshness.Failed)]
    [InlineData(Freshness.Unknown)]
    public void Only_fresh_health_will_do(Freshness freshness) =>
        Assert.Contains("Fresh health", Failing(Good with { Sample = Good.Sample! with { Freshness = freshness } }), StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-03-04T07:59:59Z", false)]
    [InlineData("2026-03-04T08:00:00Z", true)]
    [InlineData("2026-03-04T15:59:59Z", true)]
    [InlineData("2026-03-04T16:00:00Z", false)]
    [InlineData("2026-07-01T07:00:00Z", true)]
    [InlineData("2026-07-01T15:00:00Z", false)]
    [InlineData("2026-03-07T12:00:00Z", false)]
    public void The_production_window_follows_its_zone_through_summer_and_winter(string at, bool open) =>
        Assert.Equal(open, Berlin.IsOpen(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void After_friday_it_opens_on_monday() =>
        Assert.Equal(
            new DateTimeOffset(2026, 3, 9, 8, 0, 0, TimeSpan.Zero), Berlin.NextOpening(new DateTimeOffset(2026, 3, 6, 20, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Outside_production_the_window_is_not_asked() =>
        Assert.Equal("", Failing(Good with { Environment = new("staging"), Now = new DateTimeOffset(2026, 3, 7, 3, 0, 0, TimeSpan.Zero) }));

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "Targets")]
    [InlineData(3, "Targets")]
    public void Terminating_every_connected_instance_is_refused(int instances, string failing)
    {
        var experiment = Good.Experiment with { Faults = [new() { Kind = FaultKind.InstanceTermination, Instances = instances }] };
        Assert.Equal(failing, Failing(Good with { Experiment = experiment }));
    }

    [Fact]
    public void Without_a_connected_agent_nothing_starts() =>
        Assert.Equal("Targets", Failing(Good with { Targets = [new("shop-1", false)] }));

    [Fact]
    public void Another_run_on_the_service_is_waited_for()
    {
        var other = RunMachineTests.Run(RunState.Recovering);
        Assert.Equal("Other runs", Failing(Good with { Runs = new([other], [], SafetyLever.Disengaged) }));
        Assert.Equal("", Failing(Good with { Runs = new([other with { Experiment = other.Experiment with { Service = "other" } }], [], SafetyLever.Disengaged) }));
    }

    [Fact]
    public void The_same_instances_are_drawn_for_every_fault_of_a_run_and_others_for_other_runs()
    {
        FaultSpec one = new() { Kind = FaultKind.Error, Instances = 2 };
        var experiment = Good.Experiment with { Faults = [one, one with { Instances = 1 }] };
        FaultTarget[] targets = [.. Enumerable.Range(0, 10).Select(i => new FaultTarget($"shop-{i}", i != 3))];
        var plan = BlastRadius.Plan(experiment, "run-1", targets);
        Assert.Equal(3, plan.Length);
        Assert.Contains(plan[2].Target, plan.Take(2).Select(fault => fault.Target));
        Assert.DoesNotContain("shop-3", plan.Select(fault => fault.Target));
        Assert.Equal(3, plan.Select(fault => fault.FaultId).Distinct().Count());
        var drawn = Enumerable.Range(0, 200).SelectMany(run => BlastRadius.Plan(experiment, $"run-{run}", targets)).Select(fault => fault.Target).ToHashSet();
        Assert.Equal(9, drawn.Count);
    }

    private static string Failing(PreflightInputs inputs) =>
        string.Join(",", Preflight.Check(inputs).Where(check => !check.Passed).Select(check => check.Name));
}
