using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpsConsole.Benchmarks.Replicas;

/// <summary>A server that the replicas share, as a process of its own on a free port of 127.0.0.1.</summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private LocalServer(string file, IEnumerable<string> arguments, string? directory = null) => _process = Process.Start(new ProcessStartInfo(file, arguments)
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        WorkingDirectory = directory ?? "",
    })!;

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>DynamoDB by other hands, which the build has installed.</summary>
    public static async Task<LocalServer> DynaliteAsync()
    {
        var server = new LocalServer("node", ["server.mjs"], Path.Combine(RepositoryRoot(), "tests", "OpsConsole.AdapterTests", "Dynalite"));
        using var patience = new CancellationTokenSource(Patience);
        var port = await server._process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("Dynalite has ended.");
        server.Address = new(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
        return server;
    }

    /// <summary>A Redis that keeps nothing.</summary>
    public static async Task<LocalServer> RedisAsync()
    {
        var port = BuiltConsole.FreePort();
        var server = new LocalServer("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            Address = new(IPAddress.Loopback, port),
        };
        server._process.BeginOutputReadLine();
        using var patience = new CancellationTokenSource(Patience);
        while (!await server.ListensAsync(patience.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "OpsConsole.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("Run the benchmarks from within the repository.");
    }

    private async Task<bool> ListensAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Address, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
