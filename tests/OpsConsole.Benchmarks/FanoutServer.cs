using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Core.Health;
using OpsConsole.Features.Health;

namespace OpsConsole.Benchmarks;

/// <summary>The server of the fan-out benchmark: the console's hub, or a bare broadcast of the same bytes.</summary>
internal static class FanoutServer
{
    public static async Task<int> RunAsync(string kind, int services, int rate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<HealthFeed>();
        builder.Services.AddSingleton<FreshnessPolicy>();
        builder.Services.AddSingleton<HealthJudge>();
        builder.Services.AddHealthHub();
        await using var app = builder.Build();
        var sockets = new ConcurrentBag<WebSocket>();
        app.UseWebSockets();
        app.MapHealthHub();
        app.Map("/bare", async (HttpContext context) =>
        {
            var socket = await context.WebSockets.AcceptWebSocketAsync();
            sockets.Add(socket);
            await socket.ReceiveAsync(new byte[1], context.RequestAborted);
        });
        await app.StartAsync();
        var empty = Environment.WorkingSet;
        Console.WriteLine("ADDRESS " + app.Urls.First().Replace("http", "ws", StringComparison.Ordinal));

        var sender = new Sender(app.Services, kind == "hub", sockets, services);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["warm", var looks]:
                    await sender.LookAsync(int.Parse(looks), rate, counts: false);
                    break;
                case ["look", var looks]:
                    await sender.LookAsync(int.Parse(looks), rate, counts: true);
                    break;
                default:
                    sender.Print((Environment.WorkingSet - empty) / 1024.0);
                    break;
            }
        }

        await app.StopAsync(new CancellationToken(canceled: true));
        return 0;
    }

    private sealed class Sender(IServiceProvider provider, bool hub, ConcurrentBag<WebSocket> sockets, int services)
    {
        /// <summary>How long what was sent may still cost something.</summary>
        private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(700);

        private readonly List<string> _times = [];
        private readonly HealthFeed _feed = provider.GetRequiredService<HealthFeed>();
        private readonly FrameRing _frames = provider.GetRequiredService<FrameRing>();
        private readonly ViewerFanout _fanout = provider.GetRequiredService<ViewerFanout>();
        private readonly HubPump _pump = provider.GetRequiredService<HubPump>();
        private readonly IHubProtocol _json = provider.GetServices<IHubProtocol>().Single(protocol => protocol.Name == "json");
        private TimeSpan _cpu;
        private long _sequence;
        private bool _counts;

        /// <summary>Sends so many looks and waits until they are gone.</summary>
        public async Task LookAsync(int looks, int rate, bool counts)
        {
            _counts = counts;
            _pump.SliceStarts = Note;
            var before = Environment.CpuUsage.TotalTime;
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate), TimeProvider.System);
            for (var look = 0; look < looks; look++)
            {
                await SendAsync();
                await timer.WaitForNextTickAsync();
            }

            await Task.Delay(Settling, TimeProvider.System);
            _cpu += counts ? Environment.CpuUsage.TotalTime - before : TimeSpan.Zero;
            Console.WriteLine("LOOKED");
        }

        public void Print(double kilobytes)
        {
            Console.WriteLine($"SUMMARY {_cpu.TotalMicroseconds:F0} {kilobytes:F0} {_fanout.Busy}");
            foreach (var time in _times)
            {
                Console.WriteLine(time);
            }

            Console.WriteLine("END");
        }

        private void Note(int slice)
        {
            if (_counts)
            {
                _times.Add($"{_sequence} {slice} {Stopwatch.GetTimestamp()}");
            }
        }

        private async Task SendAsync()
        {
            var snapshot = Snapshot(++_sequence);
            Note(-1);
            if (hub)
            {
                _frames.Add(snapshot);
                _feed.Publish(snapshot);
                return;
            }

            var bytes = new ArrayBufferWriter<byte>();
            foreach (var (_, message) in new Look(snapshot).Frames)
            {
                bytes.Write(message.Bytes(_json).Span);
            }

            var sends = new List<Task>(sockets.Count);
            foreach (var socket in sockets)
            {
                var send = socket.SendAsync(bytes.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                if (!send.IsCompletedSuccessfully)
                {
                    sends.Add(send.AsTask());
                }
            }

            await Task.WhenAll(sends);
        }

        /// <summary>20 signs with three services: eight, eight and four.</summary>
        private HealthSnapshot Snapshot(long sequence)
        {
            var now = TimeProvider.System.GetUtcNow();
            var value = 10 + (sequence % 7 * 1.37);
            var full = new VitalSigns(value, value * 2, value * 3, value * 5, value * 8, value * 40, value / 2, value * 4);
            var half = new VitalSigns(value, Throughput: value * 3, CpuUtilization: value / 3, ActiveConnections: value * 2);
            return new(sequence, now, Enumerable.Range(0, services).ToImmutableSortedDictionary(
                i => $"service-{i}",
                i => new Sample
                {
                    Service = $"service-{i}",
                    Environment = "production",
                    At = now,
                    Age = TimeSpan.FromMilliseconds(412),
                    Freshness = Freshness.Fresh,
                    Signs = i == 2 ? half : full,
                },
                StringComparer.Ordinal));
        }
    }
}
