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

        var viewers = int.Parse((await Console.In.ReadLineAsync())!.Split(' ')[1]);
        var sender = new Sender(app.Services, kind == "hub", sockets, services);
        await sender.RunAsync(rate, viewers, empty);
        await Console.In.ReadLineAsync();
        await app.StopAsync(new CancellationToken(canceled: true));
        return 0;
    }

    private sealed class Sender(IServiceProvider provider, bool hub, ConcurrentBag<WebSocket> sockets, int services)
    {
        private readonly List<string> _times = [];
        private readonly HealthFeed _feed = provider.GetRequiredService<HealthFeed>();
        private readonly FrameRing _frames = provider.GetRequiredService<FrameRing>();
        private readonly ViewerFanout _fanout = provider.GetRequiredService<ViewerFanout>();
        private readonly IHubProtocol _json = provider.GetServices<IHubProtocol>().Single(protocol => protocol.Name == "json");
        private long _sequence;

        public async Task RunAsync(int rate, int viewers, long empty)
        {
            provider.GetRequiredService<HubPump>().SliceStarts = slice =>
            {
                if (_sequence > 3)
                {
                    _times.Add($"{_sequence} {slice} {Stopwatch.GetTimestamp()}");
                }
            };
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate), TimeProvider.System);
            var stop = Task.Run(Console.In.ReadLineAsync);
            var cpu = TimeSpan.Zero;
            while (await timer.WaitForNextTickAsync() && !stop.IsCompleted)
            {
                // The first looks warm everything up.
                if (_sequence == 3)
                {
                    cpu = Environment.CpuUsage.TotalTime;
                    Console.WriteLine("STARTED");
                }

                await SendAsync();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            var used = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
            Console.WriteLine($"SUMMARY {used:F0} {(Environment.WorkingSet - empty) / 1024.0 / viewers:F1} {_fanout.Busy}");
            foreach (var time in _times)
            {
                Console.WriteLine(time);
            }

            Console.WriteLine("END");
        }

        private async Task SendAsync()
        {
            var snapshot = Snapshot(++_sequence);
            if (_sequence > 3)
            {
                _times.Add($"{_sequence} -1 {Stopwatch.GetTimestamp()}");
            }

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
