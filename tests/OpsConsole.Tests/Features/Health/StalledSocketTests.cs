using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Health;
using OpsConsole.Features.Health;

namespace OpsConsole.Tests.Features.Health;

/// <summary>The hub alone on a real socket; the looks are as many as the test wants.</summary>
public sealed class StalledSocketTests : IAsyncLifetime
{
    private const string Counted = "counted";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private WebApplication _server = null!;
    private long _sequence;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HealthFeed>();
        builder.Services.AddSingleton<FreshnessPolicy>();
        builder.Services.AddSingleton<HealthJudge>();
        builder.Services.AddHealthHub();
        _server = builder.Build();
        _server.MapHealthHub();
        await _server.StartAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_viewer_that_stops_reading_costs_the_others_not_one_frame_and_gets_its_gap_filled_by_number()
    {
        using var stalled = await Viewer.ConnectAsync(new Uri(_server.Urls.First()));
        using var quick = await Viewer.ConnectAsync(new Uri(_server.Urls.First()));
        var fanout = _server.Services.GetRequiredService<ViewerFanout>();
        var passedOver = 0;
        while (passedOver < 50 && _sequence < FrameRing.Capacity)
        {
            Look();
            Assert.Equal([_sequence], await quick.ReadUntilAsync(_sequence));
            passedOver += fanout.Busy;
        }

        Assert.Equal(1, fanout.Busy);
        Assert.Equal(Enumerable.Range(1, (int)_sequence).Select(number => (long)number), await stalled.ReadUntilAsync(_sequence));
        Look();
        Assert.Equal([_sequence], await stalled.ReadUntilAsync(_sequence));
    }

    [Fact]
    public async Task A_viewer_that_hangs_up_without_reading_is_forgotten()
    {
        using var stalled = await Viewer.ConnectAsync(new Uri(_server.Urls.First()));
        var fanout = _server.Services.GetRequiredService<ViewerFanout>();
        using var quick = await Viewer.ConnectAsync(new Uri(_server.Urls.First()));
        while (fanout.Busy == 0 && _sequence < FrameRing.Capacity)
        {
            Look();
            await quick.ReadUntilAsync(_sequence);
        }

        Assert.Equal(1, fanout.Busy);
        stalled.Dispose();
        for (var look = 0; look < FrameRing.Capacity && fanout.Busy > 0; look++)
        {
            Look();
            await quick.ReadUntilAsync(_sequence);
        }

        Assert.Equal(0, fanout.Busy);
    }

    /// <summary>
    /// A look at 24 services with long names: large, so that not too many of them fill what lies between two sockets; but two of them fit
    /// into the server's buffer for a connection, so that who reads is never passed over.
    /// </summary>
    private void Look()
    {
        var snapshot = new HealthSnapshot(++_sequence, DateTimeOffset.UnixEpoch, Enumerable.Range(0, 24).ToImmutableSortedDictionary(
            i => $"{i}-{new string('x', 1000)}",
            i => new Sample { Service = i == 0 ? Counted : $"{i}-{new string('x', 1000)}", Environment = "test" },
            StringComparer.Ordinal));
        _server.Services.GetRequiredService<FrameRing>().Add(snapshot);
        _server.Services.GetRequiredService<HealthFeed>().Publish(snapshot);
    }

    /// <summary>A bare WebSocket that says what it watches and reads only when it is told to.</summary>
    private sealed class Viewer(ClientWebSocket socket) : IDisposable
    {
        private const char Separator = '\u001e';
        private readonly StringBuilder _text = new();

        public static async Task<Viewer> ConnectAsync(Uri server)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/hubs/health" }.Uri, TestContext.Current.CancellationToken);
            var viewer = new Viewer(socket);
            await viewer.SendAsync("""{"protocol":"json","version":1}""");
            await viewer.SendAsync("""{"type":1,"invocationId":"watch","target":"Watch","arguments":[[],0]}""");
            while (!viewer._text.ToString().Contains("\"slice\":", StringComparison.Ordinal))
            {
                await viewer.ReadAsync();
            }

            return viewer;
        }

        /// <summary>The numbers of the frames that are counted, up to one number, as they came.</summary>
        public async Task<List<long>> ReadUntilAsync(long last)
        {
            List<long> found = [];
            while (found.Count == 0 || found[^1] < last)
            {
                await ReadAsync();
                var text = _text.ToString();
                var whole = text.LastIndexOf(Separator) + 1;
                _text.Remove(0, whole);
                found.AddRange(text[..whole].Split(Separator, StringSplitOptions.RemoveEmptyEntries)
                    .Where(message => message.Contains($"\"{Counted}\"", StringComparison.Ordinal))
                    .Select(message => JsonDocument.Parse(message).RootElement.GetProperty("arguments")[0].GetProperty("sequence").GetInt64()));
            }

            return found;
        }

        public void Dispose() => socket.Dispose();

        private async Task ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
            _text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }

        private Task SendAsync(string text) => socket.SendAsync(
            Encoding.UTF8.GetBytes(text + Separator), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
    }
}
