using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Runbooks;
using OpsConsole.Tests.Replicas;

namespace OpsConsole.Tests.Features.Runbooks;

public sealed class RunbookTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_runbook_goes_from_its_request_over_an_approval_to_its_end_and_the_timeline_tells_each_step()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        bench.Engine.Reading = FakeRunbooks.Read(
            RunbookState.Waiting, new("Drain", "aws:executeScript", RunbookState.Succeeded) { Status = "Success" }, FakeRunbooks.Approval("Confirm"));
        await bench.PassAsync(2);

        var waiting = bench.Only;
        Assert.Equal((RunbookState.Waiting, "exec-1", "Confirm"), (waiting.State, waiting.EngineId, waiting.WaitsFor?.Name));
        Assert.Equal("restart waits for approval at step Confirm.", waiting.Sentence());

        Assert.IsType<RunbookOutcome.Accepted>(await bench.Desk.DecideAsync(asked.Id, approved: true, "ada", "go", Token));
        Assert.Contains("approve exec-1 ada: go", bench.Engine.Commands);
        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        await bench.PassAsync(1);

        Assert.Equal("restart succeeded after 30 s.", bench.Only.Sentence());
        Assert.Equal(
            [
                TimelineKinds.RunbookRequested, TimelineKinds.RunbookStarted, TimelineKinds.RunbookWaiting, TimelineKinds.RunbookApproved,
                TimelineKinds.RunbookSucceeded,
            ],
            bench.Told(asked.Id));
    }

    [Fact]
    public async Task Parameters_are_filled_in_before_the_request_is_written_down()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        await bench.LookAsync();

        Assert.True(bench.Engine.Orders.TryPeek(out var order));
        Assert.Equal(("Doc-restart", "3"), (order.Document, order.Version));
        Assert.Equal(["shop-asg"], order.Parameters["Group"]);
        Assert.Equal([$"test {asked.Id}"], order.Parameters["Why"]);
    }

    [Fact]
    public async Task Nothing_is_started_that_is_not_on_disk()
    {
        using var bench = new RunbookBench();
        bench.Store.Unwritable = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.AskAsync());
        await bench.PassAsync(3);

        Assert.Empty(bench.Engine.Orders);
    }

    [Theory]
    [InlineData("", "shop", "reason")]
    [InlineData("it leaks", " ", "service")]
    public async Task A_start_says_why_and_for_what(string reason, string service, string member)
    {
        using var bench = new RunbookBench();

        var outcome = await bench.Desk.StartAsync("restart", service, "otto", reason, null, Token);

        Assert.Equal(member, Assert.IsType<RunbookOutcome.Invalid>(outcome).Member);
        Assert.Empty(bench.Store.Entries);
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_starts_one_execution()
    {
        using var bench = new RunbookBench();
        var token = Guid.CreateVersion7(bench.Time.GetUtcNow());

        var first = await bench.AskAsync(token);
        await bench.PassAsync(1);
        var second = await bench.AskAsync(token);
        await bench.PassAsync(1);

        Assert.Equal(first.Id, second.Id);
        Assert.Single(bench.Engine.Orders);
    }

    [Fact]
    public async Task A_leader_that_dies_in_the_middle_of_a_start_does_not_start_it_twice()
    {
        using var first = new RunbookBench();
        await first.AskAsync();
        first.Engine.HoldStart = new();
        await first.Follower.LookAsync(Token);
        Assert.Single(first.Engine.Started);

        // The first leader is never heard of again; its call was carried out.
        first.Engine.HoldStart = null;
        using var second = new RunbookBench(first.Engine, first.Store, first.Time);
        await second.PassAsync(1);

        Assert.Equal(2, first.Engine.Orders.Count);
        Assert.Single(first.Engine.Started);
        Assert.Equal("exec-1", second.Only.EngineId);
    }

    [Fact]
    public async Task A_start_that_is_not_answered_is_repeated_with_the_same_token_until_it_is()
    {
        using var bench = new RunbookBench();
        bench.Engine.Answers.Enqueue(new RunbookStart.Unanswered("AWS cannot be reached."));
        bench.Engine.Answers.Enqueue(new RunbookStart.Unanswered("AWS cannot be reached."));
        var asked = await bench.AskAsync();
        await bench.PassAsync(1);
        Assert.Equal("AWS cannot be reached.", bench.Only.Problem);

        await bench.PassAsync(2);

        Assert.Single(bench.Engine.Orders.Select(order => order.ClientToken).Distinct());
        Assert.Equal((null, "exec-1"), (bench.Only.Problem, bench.Only.EngineId));
        Assert.Single(bench.Told(asked.Id), TimelineKinds.RunbookLost);
    }

    [Fact]
    public async Task A_start_that_is_never_answered_is_given_up_and_says_what_may_have_happened()
    {
        using var bench = new RunbookBench();
        for (var i = 0; i < 200; i++)
        {
            bench.Engine.Answers.Enqueue(new RunbookStart.Unanswered("AWS cannot be reached."));
        }

        await bench.AskAsync();
        await bench.PassAsync(122);

        Assert.Equal(RunbookState.Refused, bench.Only.State);
        Assert.Equal(
            "It could not be started within 120 s. AWS cannot be reached. If it was started after all, fake automation lists it.", bench.Only.Failure);
    }

    [Fact]
    public async Task A_start_that_is_refused_is_not_repeated()
    {
        using var bench = new RunbookBench();
        bench.Engine.Answers.Enqueue(new RunbookStart.Refused("There is no document Doc-restart."));
        var asked = await bench.AskAsync();
        await bench.PassAsync(5);

        Assert.Single(bench.Engine.Orders);
        Assert.Equal("restart was not started. There is no document Doc-restart.", bench.Only.Sentence());
        Assert.Equal([TimelineKinds.RunbookRequested, TimelineKinds.RunbookFailed], bench.Told(asked.Id));
    }

    [Fact]
    public async Task What_cannot_be_looked_at_keeps_its_last_state_and_says_so_once()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        await bench.PassAsync(2);
        var lost = bench.Time.GetUtcNow();
        bench.Engine.Reading = new RunbookReading.Unreadable("AWS denies ssm:GetAutomationExecution.");
        await bench.PassAsync(5);

        Assert.Equal((RunbookState.InProgress, "AWS denies ssm:GetAutomationExecution."), (bench.Only.State, bench.Only.Problem));
        Assert.Equal(lost.AddSeconds(1), bench.Only.ProblemSince);
        Assert.Single(bench.Told(asked.Id), TimelineKinds.RunbookLost);

        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.InProgress);
        await bench.PassAsync(1);
        Assert.Null(bench.Only.Problem);
    }

    [Fact]
    public async Task A_state_that_is_not_known_is_shown_and_looked_at_further()
    {
        using var bench = new RunbookBench();
        await bench.AskAsync();
        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Unknown) with { Status = "Hibernating" };
        await bench.PassAsync(2);
        Assert.Equal("restart is “Hibernating”, which this console does not know.", bench.Only.Sentence());

        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        await bench.PassAsync(1);

        Assert.Equal(RunbookState.Succeeded, bench.Only.State);
    }

    [Fact]
    public async Task An_execution_that_is_told_to_stop_is_told_again_until_it_has()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        await bench.PassAsync(2);
        bench.Engine.Command = new(Taken: false, "AWS throttles ssm:StopAutomationExecution.");
        Assert.IsType<RunbookOutcome.Refused>(await bench.Desk.StopAsync(asked.Id, "otto", "wrong group", Token));
        bench.Engine.Command = RunbookCommand.Done;
        await bench.PassAsync(1);
        Assert.Equal(2, bench.Engine.Commands.Count(command => command == "stop exec-1"));

        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Cancelled);
        await bench.PassAsync(1);

        Assert.Equal("restart was stopped by otto.", bench.Only.Sentence());
        Assert.Equal("wrong group AWS throttles ssm:StopAutomationExecution.", bench.Store.Entries.Single(entry => entry.Kind == TimelineKinds.RunbookStopRequested).Reason);
    }

    [Fact]
    public async Task An_execution_can_be_stopped_without_a_store()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        await bench.PassAsync(2);
        bench.Store.Unwritable = true;

        Assert.IsType<RunbookOutcome.Accepted>(await bench.Desk.StopAsync(asked.Id, "otto", "", Token));

        Assert.Contains("stop exec-1", bench.Engine.Commands);
        Assert.Equal(TimelineKinds.RunbookStopRequested, Assert.Single(bench.Store.Journal).Kind);
    }

    [Fact]
    public async Task An_execution_that_is_stopped_while_its_start_is_on_its_way_is_stopped_when_it_has_started()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        var hold = bench.Engine.HoldStart = new();
        await bench.Follower.LookAsync(Token);
        Assert.IsType<RunbookOutcome.Accepted>(await bench.Desk.StopAsync(asked.Id, "otto", "", Token));
        Assert.Empty(bench.Engine.Commands);

        hold.SetResult();
        await bench.Follower.SettledAsync();

        Assert.Equal(["stop exec-1"], bench.Engine.Commands);
        Assert.Equal(RunbookState.Cancelled, bench.Only.State);
    }

    [Fact]
    public async Task Without_a_store_nothing_is_approved_but_a_refusal_is_sent()
    {
        using var bench = new RunbookBench();
        var asked = await bench.AskAsync();
        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Waiting, FakeRunbooks.Approval("Confirm"));
        await bench.PassAsync(2);
        bench.Store.Unwritable = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => bench.Desk.DecideAsync(asked.Id, approved: true, "ada", "go", Token));
        Assert.Empty(bench.Engine.Commands);
        Assert.IsType<RunbookOutcome.Accepted>(await bench.Desk.DecideAsync(asked.Id, approved: false, "ada", "no", Token));

        Assert.Equal(["reject exec-1 ada: no"], bench.Engine.Commands);
        Assert.Equal(TimelineKinds.RunbookRejected, Assert.Single(bench.Store.Journal).Kind);
    }

    [Fact]
    public async Task A_replica_that_does_not_lead_shows_what_the_leader_has_written()
    {
        using var leader = new RunbookBench();
        using var leadership = NotLeading();
        using var other = new RunbookBench(leader.Engine, leader.Store, leader.Time, leadership);
        await other.LookAsync();
        Assert.Empty(other.Feed.Current.Executions);

        await leader.AskAsync();
        await leader.PassAsync(2);
        other.Hear();
        await other.LookAsync();

        Assert.Equal(RunbookState.InProgress, other.Only.State);
        Assert.Equal(leader.Time.GetUtcNow(), other.Feed.Current.ReadAt);
    }

    [Fact]
    public async Task A_replica_that_has_missed_entries_of_the_timeline_reads_everything_anew()
    {
        using var leader = new RunbookBench();
        using var leadership = NotLeading();
        using var other = new RunbookBench(leader.Engine, leader.Store, leader.Time, leadership);
        await leader.AskAsync();
        other.Hear();
        await other.LookAsync();
        await leader.PassAsync(1);
        await leader.AskAsync();
        for (var i = 0; i < 3; i++)
        {
            await leader.Store.AppendAsync(new() { Actor = "otto", Kind = TimelineKinds.SignedIn, Subject = Subjects.Console }, Token);
        }

        other.Hear(newest: 1);
        await other.LookAsync();

        Assert.Equal(2, other.Feed.Current.Executions.Count);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_said_and_what_was_known_stays()
    {
        using var bench = new RunbookBench();
        await bench.AskAsync();
        await bench.PassAsync(2);
        bench.Store.Problem = "The store is gone.";
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(bench.LookAsync);

        Assert.Equal(("The store is gone.", RunbookState.InProgress), (bench.Feed.Current.Problem, bench.Only.State));

        bench.Store.Problem = null;
        await bench.LookAsync();
        Assert.Null(bench.Feed.Current.Problem);
    }

    [Fact]
    public async Task Only_a_leader_starts_and_looks()
    {
        using var leadership = NotLeading();
        using var bench = new RunbookBench(leadership: leadership);
        await bench.AskAsync();
        await bench.PassAsync(3);

        Assert.Empty(bench.Engine.Orders);
        Assert.Equal(RunbookState.Requested, bench.Only.State);
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_down_is_not_shown_as_if_it_were_new()
    {
        using var bench = new RunbookBench();
        await bench.AskAsync();
        await bench.PassAsync(2);
        bench.Store.Unwritable = true;
        bench.Engine.Reading = FakeRunbooks.Read(RunbookState.Succeeded);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.Follower.LookAsync(Token);
        await bench.Follower.SettledAsync();
        var read = bench.Feed.Current.ReadAt;

        Assert.NotNull(bench.Feed.Current.Problem);
        Assert.Equal(RunbookState.InProgress, bench.Only.State);

        bench.Store.Unwritable = false;
        await bench.PassAsync(2);
        Assert.Equal((null, RunbookState.Succeeded), (bench.Feed.Current.Problem, bench.Only.State));
        Assert.True(bench.Feed.Current.ReadAt > read);
    }

    private static Leadership NotLeading() => new(
        new MemoryCells().Open(), new HandWitness(), new ReplicaIdentity("b", "b"), TimeSpan.FromSeconds(5), new FakeTimeProvider());
}
