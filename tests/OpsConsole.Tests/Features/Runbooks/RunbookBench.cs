using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Runbooks;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Runbooks;
using OpsConsole.Tests.Features.Experiments;

namespace OpsConsole.Tests.Features.Runbooks;

/// <summary>The services of this feature in one replica, on a clock that tests move.</summary>
internal sealed class RunbookBench : IDisposable
{
    private static readonly DateTimeOffset Ten = new(2026, 3, 4, 10, 0, 0, TimeSpan.Zero);

    public RunbookBench(FakeRunbooks? engine = null, MemoryStore? store = null, FakeTimeProvider? time = null, Leadership? leadership = null)
    {
        Time = time ?? new FakeTimeProvider(Ten);
        Store = store ?? new MemoryStore(Time);
        Engine = engine ?? new FakeRunbooks().Add("restart", ("Group", "{service}-asg"), ("Why", "{environment} {runId}"));
        var leads = leadership ?? Leadership.Alone(Time);
        var options = Options.Create(new RunbooksOptions());
        Book = new(Store, Feed, Time);
        var wake = new RunbookWake();
        Desk = new(Engine, Book, wake, Store, new ConsoleEnvironment("test"), Time);
        Rollbacks = new(Engine, Book, Desk, options, Time);
        var steps = new RunbookSteps(Engine, Book, leads, options, Time);
        Follower = new(Engine, Book, steps, wake, Timeline, leads, Time, NullLogger<RunbookFollower>.Instance);
    }

    public FakeTimeProvider Time { get; }

    public MemoryStore Store { get; }

    public FakeRunbooks Engine { get; }

    public RunbookFeed Feed { get; } = new();

    public TimelineFeed Timeline { get; } = new();

    public RunbookBook Book { get; }

    public RunbookDesk Desk { get; }

    public RunbookRollbacks Rollbacks { get; }

    public RunbookFollower Follower { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public RunbookExecution Only => Assert.Single(Feed.Current.Executions);

    public async Task<RunbookExecution> AskAsync(Guid? token = null, string reason = "it leaks", string? service = "shop") =>
        Assert.IsType<RunbookOutcome.Accepted>(await Desk.StartAsync("restart", service, "otto", reason, token, Token)).Execution;

    public async Task LookAsync()
    {
        await Follower.LookAsync(Token);
        await Follower.SettledAsync();
    }

    public async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await LookAsync();
        }
    }

    /// <summary>The newest entries of the timeline become known here.</summary>
    public void Hear(int newest = 200) => Timeline.Publish(new(Store.Entries[^1].Sequence, [.. Store.Entries.TakeLast(newest)]));

    public IEnumerable<string> Told(string id) => Store.KindsOf(Subjects.Runbook(id));

    public void Dispose() => Follower.Dispose();
}
