using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Tests.Features.Experiments;

public sealed class LaunchTests
{
    [Fact]
    public async Task A_double_click_gives_one_run()
    {
        using var bench = new Bench();
        await bench.PassAsync(10);
        var both = await Task.WhenAll(LaunchAsync(bench, "click-1"), LaunchAsync(bench, "click-1"));
        var ids = both.Select(outcome => Assert.IsType<LaunchOutcome.Accepted>(outcome).Run.Id).Distinct();
        Assert.Single(ids);
        Assert.Single(bench.Feed.Current.Active);
    }

    [Fact]
    public async Task A_second_launch_while_one_runs_names_the_one_that_runs()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        Assert.Equal(run.Id, Assert.IsType<LaunchOutcome.Busy>(await LaunchAsync(bench, "other")).Other.Id);
    }

    [Fact]
    public async Task The_same_token_finds_its_run_even_when_it_is_over()
    {
        using var bench = new Bench();
        await bench.PassAsync(10);
        var first = Assert.IsType<LaunchOutcome.Accepted>(await LaunchAsync(bench, "click-1"));
        await bench.PassAsync(80);
        Assert.True(bench.Now(first.Run.Id).IsOver);
        var again = Assert.IsType<LaunchOutcome.Accepted>(await LaunchAsync(bench, "click-1"));
        Assert.Equal((first.Run.Id, true), (again.Run.Id, again.Repeated));
    }

    [Fact]
    public async Task A_refused_launch_is_kept_with_its_reason_and_injects_nothing()
    {
        using var bench = new Bench { Signs = new(ErrorRate: 11, LatencyP95: 80) };
        await bench.PassAsync(5);
        var refused = Assert.IsType<LaunchOutcome.Refused>(await LaunchAsync(bench, null));
        Assert.Equal("Steady error rate", Assert.Single(refused.Preflight.Checks, check => !check.Passed).Name);
        Assert.Equal(RunState.Refused, bench.Now(refused.RunId!).State);
        Assert.Equal([TimelineKinds.RunRefused], bench.Store.KindsOf(Subjects.Run(refused.RunId!)));
        Assert.DoesNotContain(bench.Engine.Calls, call => call.StartsWith("start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_starts_before_the_runs_of_the_console_before_were_read()
    {
        using var bench = new Bench();
        bench.Store.Problem = "The store is away.";
        await bench.PassAsync(3);
        bench.Store.Problem = null;
        var refused = Assert.IsType<LaunchOutcome.Refused>(await LaunchAsync(bench, null));
        Assert.Contains(refused.Preflight.Checks, check => check is { Passed: false, Name: "Timeline" });
        await bench.PassAsync(2);
        Assert.IsType<LaunchOutcome.Accepted>(await LaunchAsync(bench, null));
    }

    [Fact]
    public async Task Lessons_are_kept_when_the_run_is_over_and_not_before()
    {
        using var bench = new Bench();
        var run = await bench.RunningAsync();
        var early = await bench.Runs.WriteLessonsAsync(run.Id, "otto", "too early", TestContext.Current.CancellationToken);
        Assert.NotNull(early.Problem);
        await bench.PassAsync(80);
        var late = await bench.Runs.WriteLessonsAsync(run.Id, "otto", "Add a timeout.", TestContext.Current.CancellationToken);
        Assert.Null(late.Problem);
        Assert.Equal("Add a timeout.", (await bench.Runs.FindAsync(run.Id, TestContext.Current.CancellationToken))!.Lessons);
    }

    private static Task<LaunchOutcome> LaunchAsync(Bench bench, string? token) =>
        bench.Runs.LaunchAsync("network-latency", "otto", "", token, TestContext.Current.CancellationToken);
}
