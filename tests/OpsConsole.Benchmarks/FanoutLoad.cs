using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace OpsConsole.Benchmarks;

/// <summary>The viewers of the fan-out benchmark: raw WebSockets that speak as much of the hub protocol as they need.</summary>
internal static class FanoutLoad
{
    private const byte Separator = 0x1e;

    public static async Task<int> RunAsync(string kind, string address, int viewers, int stalledPercent)
    {
        var all = new List<Viewer>(viewers);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, viewers),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (index, _) =>
            {
                var viewer = new Viewer(stalls: index % 100 < stalledPercent);
                await viewer.ConnectAsync(kind, address);
                lock (all)
                {
                    all.Add(viewer);
                }
            });
        var reading = all.Where(viewer => !viewer.Stalls).ToList();
        foreach (var viewer in reading)
        {
            viewer.Start();
        }

        Console.WriteLine("CONNECTED");
        await Console.In.ReadLineAsync();
        foreach (var viewer in reading)
        {
            Console.WriteLine(viewer.Times());
        }

        Console.WriteLine("END");
        return 0;
    }

    private sealed class Viewer(bool stalls) : IDisposable
    {
        private readonly ClientWebSocket _socket = new();
        private readonly List<(long Sequence, long At)> _got = new(64);
        private readonly byte[] _buffer = new byte[4096];
        private int _slice;
        private long _last;

        public bool Stalls => stalls;

        public async Task ConnectAsync(string kind, string address)
        {
            var uri = new Uri(address + (kind == "hub" ? "/hubs/health" : "/bare"));
            _socket.Options.KeepAliveInterval = TimeSpan.Zero;
            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, token) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    if (stalls)
                    {
                        socket.ReceiveBufferSize = 4096;
                    }

                    await socket.ConnectAsync(context.DnsEndPoint, token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            await _socket.ConnectAsync(uri, invoker, CancellationToken.None);
            if (kind == "hub")
            {
                await SendAsync("""{"protocol":"json","version":1}""");
                await ReadAsync();
                await SendAsync("""{"type":1,"invocationId":"1","target":"Watch","arguments":[[],0]}""");
                string answer;
                do
                {
                    answer = await ReadAsync();
                }
                while (!answer.Contains("\"slice\":", StringComparison.Ordinal));
                var slice = answer[(answer.IndexOf("\"slice\":", StringComparison.Ordinal) + 8)..];
                _slice = int.Parse(slice[..slice.IndexOfAny(['}', ','])]);
            }
        }

        public void Dispose() => _socket.Dispose();

        public void Start() => _ = ReceiveAsync();

        public string Times()
        {
            lock (_got)
            {
                return _slice + " " + string.Join(' ', _got.Select(got => $"{got.Sequence} {got.At}"));
            }
        }

        private async Task ReceiveAsync()
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
                var at = Stopwatch.GetTimestamp();
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                Take(_buffer.AsSpan(0, received.Count), at);
            }
        }

        private void Take(ReadOnlySpan<byte> bytes, long at)
        {
            lock (_got)
            {
                while (bytes.IndexOf("\"sequence\":"u8) is >= 0 and var found)
                {
                    bytes = bytes[(found + 11)..];
                    if (Utf8Parser.TryParse(bytes, out long sequence, out _) && sequence > _last)
                    {
                        _got.Add((_last = sequence, at));
                    }
                }
            }
        }

        private Task SendAsync(string text) => _socket.SendAsync(
            (byte[])[.. Encoding.UTF8.GetBytes(text), Separator], WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

        private async Task<string> ReadAsync()
        {
            var text = new StringBuilder();
            ValueWebSocketReceiveResult received;
            do
            {
                received = await _socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
                text.Append(Encoding.UTF8.GetString(_buffer, 0, received.Count));
            }
            while (!received.EndOfMessage);
            return text.ToString();
        }
    }
}
