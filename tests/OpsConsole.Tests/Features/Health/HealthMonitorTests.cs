using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

public sealed class HealthMonitorTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly HealthFeed _feed = new();
    private readonly FakeSource _source;
    private readonly FakeHistory _history = new();
    private readonly FakeTimeline _timeline = new();
    private readonly HealthJudge _judge;
    private readonly EvidenceWatch _evidence;
    private readonly HealthMonitor _monitor;

    public HealthMonitorTests()
    {
        _source = new(_time);
        _judge = new(_time, new FreshnessPolicy());
        _evidence = new(_timeline, _time, NullLogger<EvidenceWatch>.Instance);
        _monitor = new([_source], _feed, _history, new FrameRing(), _judge, _evidence, Leadership.Alone(_time), new LookExchange(), new ConsoleEnvironment("test"), _time, NullLogger<HealthMonitor>.Instance);
    }

    private Sample Shop => _feed.Current.Find("shop")!;

    public void Dispose()
    {
        _monitor.Dispose();
        _evidence.Dispose();
    }

    [Fact]
    public async Task A_frozen_source_is_shown_stale_within_three_seconds()
    {
        _source.Report(("shop", 1));
        List<Freshness> seen = [];
        for (var second = 0; second <= 3; second++)
        {
            await LookAsync();
            seen.Add(Shop.Freshness);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([Freshness.Fresh, Freshness.Fresh, Freshness.Late, Freshness.Stale], seen);
        Assert.False(Shop.IsEvidence);
        Assert.Equal(1, Shop.Signs.ErrorRate);
    }

    [Fact]
    public async Task A_source_that_comes_back_is_fresh_at_the_next_look()
    {
        _source.Report(("shop", 1));
        _time.Advance(TimeSpan.FromSeconds(10));
        await LookAsync();
        Assert.Equal(Freshness.Stale, Shop.Freshness);
        _source.Report(("shop", 2));
        await LookAsync();
        Assert.Equal(Freshness.Fresh, Shop.Freshness);
        Assert.Equal(2, _feed.Current.Sequence);
    }

    [Fact]
    public async Task A_source_that_answers_with_an_error_makes_its_services_failed()
    {
        _source.Report(("shop", 1));
        await LookAsync();
        _source.Problem = new InvalidOperationException("the meter is broken");
        await LookAsync();
        Assert.Equal(Freshness.Failed, Shop.Freshness);
        Assert.Contains("the meter is broken", Shop.Note, StringComparison.Ordinal);
        _source.Problem = null;
        await LookAsync();
        Assert.Equal(Freshness.Fresh, Shop.Freshness);
    }

    [Fact]
    public async Task A_source_that_hangs_does_not_hold_up_the_look()
    {
        _source.Report(("shop", 1));
        await LookAsync();
        _source.Hangs = true;
        var look = _monitor.LookAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(1));
        await look.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(Freshness.Failed, Shop.Freshness);
    }

    [Fact]
    public async Task A_dead_monitor_does_not_look_alive()
    {
        _source.Report(("shop", 1));
        await LookAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        var seen = _judge.AsOfNow(_feed.Current, Shop);
        Assert.Equal(Freshness.Stale, seen.Freshness);
        Assert.Equal(TimeSpan.FromSeconds(4), seen.Age);
        Assert.Contains("has not looked", seen.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_go_on_after_a_restart_and_what_was_known_stays_listed()
    {
        _history.LastSequence = 41;
        _history.Services = ["gone"];
        await LookAsync();
        Assert.Equal(42, _feed.Current.Sequence);
        Assert.Equal(Freshness.Unknown, _feed.Current.Find("gone")!.Freshness);
    }

    [Fact]
    public async Task The_timeline_says_when_evidence_is_lost_and_when_it_comes_back()
    {
        var token = TestContext.Current.CancellationToken;
        await _evidence.StartAsync(token);
        _source.Report(("shop", 1));
        await LookAsync();
        _time.Advance(TimeSpan.FromSeconds(3));
        await LookAsync();
        await LookAsync();
        _source.Report(("shop", 1));
        await LookAsync();
        List<string> told = [];
        for (var i = 0; i < 2; i++)
        {
            var told1 = await _timeline.Appended.Reader.ReadAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, token);
            told.Add($"{told1.Kind} {told1.Data["service"]}");
        }

        await _evidence.StopAsync(token);
        Assert.Equal(["health.lost shop", "health.back shop"], told);
        Assert.False(_timeline.Appended.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_was_lost_before_a_restart_is_said_to_be_back_and_what_was_not_is_not()
    {
        var token = TestContext.Current.CancellationToken;
        _timeline.Newest["service:shop"] = TimelineKinds.HealthLost;
        _timeline.Newest["service:warehouse"] = TimelineKinds.HealthBack;
        await _evidence.StartAsync(token);
        _source.Report(("warehouse", 1), ("shop", 1), ("new", 1));
        await LookAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await LookAsync();

        List<string> told = [];
        while (told.Count < 4)
        {
            var change = await _timeline.Appended.Reader.ReadAsync(token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, token);
            told.Add($"{change.Kind} {change.Data["service"]}");
        }

        await _evidence.StopAsync(token);
        Assert.Equal("health.back shop", told[0]);
        Assert.All(told[1..], change => Assert.StartsWith(TimelineKinds.HealthLost, change, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_written_now_is_written_later_with_the_time_at_which_it_happened()
    {
        var token = TestContext.Current.CancellationToken;
        _timeline.Problem = "The disk is full.";
        await _evidence.StartAsync(token);
        _source.Report(("shop", 1));
        await LookAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await LookAsync();
        var lostAt = _time.GetUtcNow();
        await _timeline.Tried.Reader.ReadAsync(token);
        _timeline.Problem = null;

        TimelineEvent? change;
        while (!_timeline.Appended.Reader.TryRead(out change))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, token);
        }

        await _evidence.StopAsync(token);
        Assert.Equal((TimelineKinds.HealthLost, lostAt), (change.Kind, DateTimeOffset.Parse(change.Data["journaledAt"], System.Globalization.CultureInfo.InvariantCulture)));
    }

    private Task LookAsync() => _monitor.LookAsync(TestContext.Current.CancellationToken);

    private sealed class FakeHistory : IHealthHistory
    {
        public long LastSequence { get; set; }

        public IReadOnlyCollection<string> Services { get; set; } = [];

        public void Record(HealthSnapshot snapshot) => LastSequence = snapshot.Sequence;

        public void Fill(string service, TimeSpan period, IReadOnlyList<PastSigns> past) => throw new NotSupportedException();

        public ValueTask<HistoryWindow?> ReadAsync(
            string service, DateTimeOffset from, DateTimeOffset to, int points, CancellationToken cancellationToken) => default;
    }

    private sealed class FakeTimeline : ITimeline
    {
        public Channel<TimelineEvent> Appended { get; } = Channel.CreateUnbounded<TimelineEvent>();

        /// <summary>Whatever could not be read or written.</summary>
        public Channel<string> Tried { get; } = Channel.CreateUnbounded<string>();

        /// <summary>The kind of the newest entry of a subject.</summary>
        public Dictionary<string, string> Newest { get; } = new(StringComparer.Ordinal);

        /// <summary>Set: it can neither be read nor written.</summary>
        public string? Problem { get; set; }

        public ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default)
        {
            ThrowIfDown(@event.Kind);
            Appended.Writer.TryWrite(@event);
            return ValueTask.FromResult(HashChain.Append(@event, DateTimeOffset.UnixEpoch, 0, HashChain.Genesis));
        }

        public ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default)
        {
            ThrowIfDown("read");
            return ValueTask.FromResult<IReadOnlyList<TimelineEntry>>(Newest.TryGetValue(query.Subject ?? "", out var kind)
                ? [HashChain.Append(new() { Actor = "console", Kind = kind, Subject = query.Subject! }, DateTimeOffset.UnixEpoch, 0, HashChain.Genesis)]
                : []);
        }

        private void ThrowIfDown(string what)
        {
            if (Problem is { } problem)
            {
                Tried.Writer.TryWrite(what);
                throw new OpsConsole.Core.Records.StoreUnavailableException(problem);
            }
        }

        public ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
