using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OpsConsole.Tests.Replicas;

/// <summary>
/// One address before several replicas, as a load balancer is: each connection goes to the next one that can be reached. It can be cut, like a
/// cable.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Task _loop;
    private volatile bool _cut;
    private int _next;

    public Balancer(params Uri[] targets)
    {
        Targets = [.. targets];
        _listener.Start();
        _loop = AcceptAsync();
    }

    /// <summary>The replicas' addresses.</summary>
    public ConcurrentBag<Uri> Targets { get; private set; }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Point(params Uri[] targets) => Targets = [.. targets];

    public void Cut()
    {
        _cut = true;
        foreach (var (socket, _) in _open)
        {
            socket.Dispose();
        }
    }

    public void Mend() => _cut = false;

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _over.CancelAsync();
        _listener.Stop();
        await _loop;
        _listener.Dispose();
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_over.Token));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var here = client;
        _open.TryAdd(client, 0);
        try
        {
            if (!_cut && await ConnectAsync() is { } target)
            {
                using var there = target;
                _open.TryAdd(target, 0);
                await Task.WhenAny(PumpAsync(client, target), PumpAsync(target, client));
                _open.TryRemove(target, out _);
            }
        }
        finally
        {
            _open.TryRemove(client, out _);
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        var targets = Targets.OrderBy(target => target.Port).ToArray();
        for (var attempt = 0; attempt < targets.Length; attempt++)
        {
            var target = targets[(int)((uint)Interlocked.Increment(ref _next) % targets.Length)];
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(target.Host, target.Port, _over.Token);
                return socket;
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Either end has gone; so does the other.
        }
    }
}
