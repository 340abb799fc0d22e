using System.Threading.Channels;
using MessagePack;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Health;
using OpsConsole.Core.Timeline;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Features.Health;

public sealed class HealthHubTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeSource _source = new(TimeProvider.System);
    private readonly List<HubConnection> _connections = [];
    private ConsoleHost _console = null!;

    public ValueTask InitializeAsync()
    {
        _source.Report(("cart", 2), ("shop", 1));
        _console = new ConsoleHost(services => services.AddSingleton<IHealthSource>(_source));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        await _console.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_viewer_gets_a_snapshot_and_then_every_frame_by_number(bool messagePack)
    {
        var (connection, frames) = await ConnectAsync(messagePack);
        await NextLookAsync();
        var answer = await WatchAsync(connection, ["shop"], 0);
        Assert.Equal("shop", Assert.Single(answer.Services).Service);
        var first = await NextAsync(frames);
        var second = await NextAsync(frames);
        Assert.Equal([answer.Sequence + 1, answer.Sequence + 2], [first.Sequence, second.Sequence]);
        Assert.Equal("shop", first.Service);
        Assert.Equal(1f, first.ErrorRate);
        Assert.Null(first.LatencyP95);
    }

    [Fact]
    public async Task A_viewer_who_comes_back_gets_what_it_missed_once_and_in_order()
    {
        var start = await NextLookAsync();
        await NextLookAsync();
        await NextLookAsync();
        var (connection, frames) = await ConnectAsync(messagePack: false);
        await WatchAsync(connection, [], start);
        List<string> seen = [];
        for (var i = 0; i < 8; i++)
        {
            var frame = await NextAsync(frames);
            seen.Add($"{frame.Sequence - start} {frame.Service}");
        }

        Assert.Equal(["1 cart", "1 shop", "2 cart", "2 shop", "3 cart", "3 shop", "4 cart", "4 shop"], seen);
    }

    [Fact]
    public async Task Watching_once_more_repeats_nothing_and_adds_what_is_new()
    {
        var start = await NextLookAsync();
        var (connection, frames) = await ConnectAsync(messagePack: false);
        await WatchAsync(connection, ["shop"], 0);
        var shop = await NextAsync(frames);
        await WatchAsync(connection, ["shop", "cart"], start);
        var seen = new List<(long Sequence, string Service)> { (shop.Sequence, shop.Service) };
        while (seen.Count(frame => frame.Service == "cart") < 3 || seen.Count(frame => frame.Service == "shop") < 3)
        {
            var frame = await NextAsync(frames);
            seen.Add((frame.Sequence, frame.Service));
        }

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        var carts = seen.Where(frame => frame.Service == "cart").Select(frame => frame.Sequence).ToList();
        Assert.Equal(Enumerable.Range(0, carts.Count).Select(i => start + 1 + i), carts);
    }

    [Fact]
    public async Task A_refill_sends_the_frames_after_a_number_again()
    {
        var (connection, frames) = await ConnectAsync(messagePack: false);
        await NextLookAsync();
        await WatchAsync(connection, ["shop"], 0);
        var first = await NextAsync(frames);
        await connection.InvokeAsync<long>("Refill", new[] { "shop" }, first.Sequence - 1, TestContext.Current.CancellationToken);
        Frame frame;
        do
        {
            frame = await NextAsync(frames);
        }
        while (frame.Sequence != first.Sequence);
    }

    [Fact]
    public async Task A_service_that_is_not_known_yet_is_sent_as_soon_as_it_is()
    {
        var (connection, frames) = await ConnectAsync(messagePack: false);
        await NextLookAsync();
        Assert.Empty((await WatchAsync(connection, ["new"], 0)).Services);
        _source.Report(("new", 5));
        Assert.Equal("new", (await NextAsync(frames)).Service);
    }

    [Fact]
    public async Task Too_many_services_are_refused()
    {
        var (connection, _) = await ConnectAsync(messagePack: false);
        await Assert.ThrowsAsync<HubException>(() => WatchAsync(connection, [.. Enumerable.Range(0, 201).Select(i => $"s{i}")], 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_viewer_hears_of_a_new_timeline_entry(bool messagePack)
    {
        var (connection, _) = await ConnectAsync(messagePack);
        var heard = new TaskCompletionSource<Entry>();
        connection.On<Entry>("event", entry =>
        {
            if (entry.Data.ContainsKey("service"))
            {
                heard.TrySetResult(entry);
            }
        });
        await WatchAsync(connection, [], 0);
        var timeline = _console.Services.GetRequiredService<ITimeline>();
        var written = await timeline.AppendAsync(
            new TimelineEvent { Actor = "ana", Kind = TimelineKinds.ConsoleStarted, Subject = Subjects.Console }.With("service", "shop"),
            TestContext.Current.CancellationToken);
        var entry = await heard.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(written.Sequence, entry.Sequence);
        Assert.Equal("shop", entry.Data["service"]);
    }

    [Theory]
    [InlineData(HttpTransportType.WebSockets)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Frames_come_by_every_transport(HttpTransportType transport)
    {
        var (connection, frames) = await ConnectAsync(messagePack: false, transport);
        await WatchAsync(connection, ["shop"], 0);
        var first = await NextAsync(frames);
        var second = await NextAsync(frames);
        Assert.Equal(first.Sequence + 1, second.Sequence);
    }

    [Fact]
    public async Task Nobody_watches_without_signing_in()
    {
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(_console.Address, "/hubs/health")).Build();
        await Assert.ThrowsAsync<HttpRequestException>(() => connection.StartAsync(TestContext.Current.CancellationToken));
    }

    private async Task<(HubConnection Connection, ChannelReader<Frame> Frames)> ConnectAsync(
        bool messagePack, HttpTransportType transport = HttpTransportType.WebSockets)
    {
        var builder = new HubConnectionBuilder().WithUrl(
            new Uri(_console.Address, "/hubs/health"), transport, options => options.AccessTokenProvider = () => Task.FromResult<string?>(ConsoleHost.ViewerKey));
        if (messagePack)
        {
            builder.AddMessagePackProtocol();
        }

        var connection = builder.Build();
        _connections.Add(connection);
        var frames = Channel.CreateUnbounded<Frame>();
        connection.On<Frame>("frame", frame => frames.Writer.TryWrite(frame));
        await connection.StartAsync(TestContext.Current.CancellationToken);
        return (connection, frames.Reader);
    }

    private static Task<Answer> WatchAsync(HubConnection connection, string[] services, long after) =>
        connection.InvokeAsync<Answer>("Watch", services, after, TestContext.Current.CancellationToken);

    private static Task<Frame> NextAsync(ChannelReader<Frame> frames) =>
        frames.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task<long> NextLookAsync()
    {
        var feed = _console.Services.GetRequiredService<HealthFeed>();
        var last = feed.Current.Sequence;
        await foreach (var snapshot in feed.WatchAsync(TestContext.Current.CancellationToken))
        {
            if (snapshot.Sequence > last && snapshot.Services.Count > 0)
            {
                return snapshot.Sequence;
            }
        }

        throw new InvalidOperationException("The feed ended.");
    }

    [MessagePackObject]
    public sealed record Frame
    {
        [Key("sequence")]
        public long Sequence { get; set; }

        [Key("service")]
        public string Service { get; set; } = "";

        [Key("errorRate")]
        public float? ErrorRate { get; set; }

        [Key("latencyP95")]
        public float? LatencyP95 { get; set; }
    }

    [MessagePackObject]
    public sealed record Answer
    {
        [Key("sequence")]
        public long Sequence { get; set; }

        [Key("services")]
        public List<Frame> Services { get; set; } = [];
    }

    [MessagePackObject]
    public sealed record Entry
    {
        [Key("sequence")]
        public long Sequence { get; set; }

        [Key("data")]
        public Dictionary<string, string> Data { get; set; } = [];
    }
}
