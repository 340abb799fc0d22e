using OpsConsole.Core.Experiments;

namespace OpsConsole.Tests.Experiments;

public sealed class RunMachineTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(RunState.Preflight, "Starting Refused Failed Aborted")]
    [InlineData(RunState.Starting, "Running Halting Failed Aborted")]
    [InlineData(RunState.Running, "Halting Recovering Failed Aborted")]
    [InlineData(RunState.Halting, "Recovering Failed Aborted")]
    [InlineData(RunState.Recovering, "Completed Halted Failed Aborted")]
    [InlineData(RunState.Refused, "")]
    [InlineData(RunState.Completed, "")]
    [InlineData(RunState.Halted, "")]
    [InlineData(RunState.Aborted, "")]
    [InlineData(RunState.Failed, "")]
    public void A_run_only_takes_the_steps_of_its_machine(RunState from, string expected)
    {
        var run = Run(from);
        foreach (var state in Enum.GetValues<RunState>())
        {
            if (expected.Split(' ').Contains(state.ToString()))
            {
                var entered = run.Enter(state, At, "because");
                Assert.Equal((state, new RunPhase(state, At, "because")), (entered.State, entered.Phases[^1]));
                Assert.Equal(entered.IsOver ? At : null, entered.EndedAt);
            }
            else
            {
                Assert.Throws<InvalidOperationException>(() => run.Enter(state, At, "because"));
            }
        }
    }

    [Theory]
    [InlineData(RunState.Starting, true)]
    [InlineData(RunState.Running, true)]
    [InlineData(RunState.Halting, true)]
    [InlineData(RunState.Recovering, false)]
    [InlineData(RunState.Completed, false)]
    [InlineData(RunState.Refused, false)]
    public void A_halt_that_makes_no_sense_says_why(RunState state, bool can)
    {
        Assert.Equal(can, Run(state).CanHalt(out var reason));
        Assert.Equal(can, reason.Length == 0);
    }

    [Fact]
    public void What_was_never_proven_gone_may_be_halted_again() =>
        Assert.True((Run(RunState.Recovering) with { Unconfirmed = ["shop-1"] }).CanHalt(out _));

    [Fact]
    public void What_came_with_the_console_is_copied_not_changed()
    {
        Assert.False(BuiltInExperiments.All[0].CanChange(out var reason));
        Assert.Contains("Copy it", reason, StringComparison.Ordinal);
        Assert.True((BuiltInExperiments.All[0] with { BuiltIn = false }).CanChange(out _));
    }

    [Fact]
    public void What_comes_with_the_console_is_valid() =>
        Assert.All(BuiltInExperiments.All, experiment => Assert.Empty(ExperimentRules.Validate(experiment)));

    [Theory]
    [InlineData("id")]
    [InlineData("title")]
    [InlineData("duration")]
    [InlineData("faults[0].dependency")]
    [InlineData("faults[0].jitter")]
    [InlineData("faults[0].share")]
    [InlineData("faults[0].duration")]
    [InlineData("safeguards")]
    [InlineData("safeguards.maxErrorRate")]
    [InlineData("rollbackActions[0].flag")]
    [InlineData("faults")]
    [InlineData("faults[0].instances")]
    [InlineData("faults[0].statusCode")]
    public void A_wrong_definition_says_what_is_wrong_at_its_member(string member)
    {
        var good = BuiltInExperiments.Find("network-latency")!;
        var fault = good.Faults[0];
        var wrong = member switch
        {
            "id" => good with { Id = "Not A Key" },
            "title" => good with { Title = " " },
            "duration" => good with { Duration = TimeSpan.FromSeconds(4) },
            "faults" => good with { Faults = [] },
            "faults[0].dependency" => good with { Faults = [fault with { Dependency = null }] },
            "faults[0].jitter" => good with { Faults = [fault with { Jitter = TimeSpan.FromSeconds(1) }] },
            "faults[0].share" => good with { Faults = [fault with { Share = 0 }] },
            "faults[0].duration" => good with { Faults = [fault with { StartAfter = TimeSpan.FromSeconds(30), Duration = TimeSpan.FromSeconds(31) }] },
            "faults[0].instances" => good with { Faults = [new() { Kind = FaultKind.InstanceTermination }] },
            "faults[0].statusCode" => good with { Faults = [new() { Kind = FaultKind.Error, StatusCode = 404 }] },
            "safeguards" => good with { Safeguards = new(null, null) },
            "safeguards.maxErrorRate" => good with { Safeguards = new(101, null) },
            _ => good with { RollbackActions = [new(RollbackActionKind.TurnFlagOff)] },
        };
        Assert.Equal([member], ExperimentRules.Validate(wrong).Keys);
    }

    internal static Run Run(RunState state) => new()
    {
        Id = "20260304-100000-abcdef",
        Experiment = BuiltInExperiments.Find("network-latency")!,
        State = state,
        RequestedBy = "otto",
        RequestedAt = At,
    };
}
