using OpsConsole.Core.Timeline;

namespace OpsConsole.Tests.Features.Experiments;

/// <summary>The console's lever and one that others can move as well, kept as one.</summary>
public sealed class SecondLeverTests : IDisposable
{
    private readonly FakeLever _second = new();
    private readonly Bench _bench;

    public SecondLeverTests() => _bench = new Bench(seconds: [_second]);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Engaging_the_lever_engages_the_second_and_says_who_and_why()
    {
        await _bench.PassAsync(1);
        await _bench.Levers.EngageAsync("otto", "incident 12");
        Assert.Equal((true, "OpsConsole, otto: incident 12"), (_second.Engaged, _second.Reason));

        Assert.Null(await _bench.Levers.DisengageAsync("ada", "over", Cancelled));
        Assert.False(_second.Engaged);
        await _bench.PassAsync(20);
        Assert.False(_bench.Levers.Now.Engaged);
        Assert.Equal(2, _second.Moves.Count);
    }

    [Fact]
    public async Task A_second_lever_that_somebody_else_engages_engages_the_console_and_halts_what_runs()
    {
        var run = await _bench.RunningAsync();
        (_second.Engaged, _second.Reason) = (true, "maintenance");
        await _bench.PassAsync(6);

        Assert.Equal((true, "AWS FIS", "maintenance"), (_bench.Levers.Now.Engaged, _bench.Levers.Now.Actor, _bench.Levers.Now.Reason));
        Assert.Equal("AWS FIS", _bench.Now(run.Id).HaltedBy);
        Assert.Empty(_bench.Engine.Active);
        var told = Assert.Single(_bench.Store.Entries, entry => entry.Kind == TimelineKinds.LeverEngaged);
        Assert.Equal(("AWS FIS", "maintenance"), (told.Actor, told.Reason));
    }

    [Fact]
    public async Task The_lever_engages_although_the_second_cannot_be_reached_and_says_so_and_the_second_follows()
    {
        await _bench.PassAsync(1);
        _second.Problem = "AWS cannot be reached.";
        await _bench.Levers.EngageAsync("otto", "fire");
        Assert.True(_bench.Levers.Now.Engaged);
        Assert.Equal("AWS cannot be reached.", Assert.Single(_bench.Levers.Seconds).Reading.Problem);

        _second.Problem = null;
        await _bench.PassAsync(12);
        Assert.Equal((true, "OpsConsole, otto: fire"), (_second.Engaged, _second.Reason));
        Assert.Null(Assert.Single(_bench.Levers.Seconds).Reading.Problem);
    }

    [Fact]
    public async Task The_lever_stays_engaged_when_the_second_is_known_to_be_engaged_and_cannot_be_moved()
    {
        await _bench.PassAsync(1);
        await _bench.Levers.EngageAsync("otto", "fire");
        _second.Problem = "AWS cannot be reached.";
        await _bench.PassAsync(12);

        Assert.Contains("AWS cannot be reached.", await _bench.Levers.DisengageAsync("ada", "over", Cancelled), StringComparison.Ordinal);
        Assert.Contains("AWS cannot be reached.", await _bench.Levers.DisengageAsync("ada", "over", Cancelled), StringComparison.Ordinal);
        Assert.True(_bench.Levers.Now.Engaged);

        _second.Problem = null;
        Assert.Null(await _bench.Levers.DisengageAsync("ada", "over", Cancelled));
        Assert.Equal((false, false), (_bench.Levers.Now.Engaged, _second.Engaged));
    }

    [Fact]
    public async Task A_second_lever_that_can_be_read_and_not_moved_is_said_to_stand_otherwise_until_it_does_not()
    {
        await _bench.PassAsync(1);
        _second.MoveProblem = "AWS denies the console fis:UpdateSafetyLeverState.";
        await _bench.Levers.EngageAsync("otto", "fire");
        await _bench.PassAsync(7);
        Assert.Equal((false, "AWS denies the console fis:UpdateSafetyLeverState."), (_bench.Levers.Seconds[0].Reading.Engaged, _bench.Levers.Seconds[0].Reading.Problem));

        _second.MoveProblem = null;
        await _bench.PassAsync(12);
        Assert.Equal((true, null), (_bench.Levers.Seconds[0].Reading.Engaged, _bench.Levers.Seconds[0].Reading.Problem));
    }

    [Fact]
    public async Task A_second_lever_that_was_never_heard_of_holds_nobody_up()
    {
        _second.Problem = "AWS denies the console fis:GetSafetyLever.";
        await _bench.PassAsync(1);
        await _bench.Levers.EngageAsync("otto", "fire");
        Assert.Null(await _bench.Levers.DisengageAsync("ada", "over", Cancelled));
        Assert.False(_bench.Levers.Now.Engaged);
    }

    [Fact]
    public async Task A_second_lever_that_somebody_disengages_is_engaged_again_as_long_as_the_console_is()
    {
        await _bench.PassAsync(1);
        await _bench.Levers.EngageAsync("otto", "fire");
        _second.Engaged = false;
        await _bench.PassAsync(12);
        Assert.True(_second.Engaged);
        Assert.True(_bench.Levers.Now.Engaged);
    }
}
