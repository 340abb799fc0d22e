using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpsConsole.Benchmarks;

/// <summary>The built console as a process of its own over a data directory.</summary>
internal sealed class BuiltConsole : IAsyncDisposable
{
    private const string Key = "key-of-a-benchmark-0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private BuiltConsole(string dataDirectory, string[] settings)
    {
        var address = $"http://{IPAddress.Loopback}:{FreePort()}";
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "OpsConsole.dll"), $"--urls={address}", $"--OpsConsole:DataDirectory={dataDirectory}",
                "--OpsConsole:Storefront:Enabled=false", "--OpsConsole:Auth:ApiKeys:0:Name=benchmark", $"--OpsConsole:Auth:ApiKeys:0:Key={Key}",
                "--OpsConsole:Auth:ApiKeys:0:Role=viewer", .. settings,
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri(address) };
        Http.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    /// <summary>Asks it as a viewer.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<BuiltConsole> StartAsync(string dataDirectory, params string[] settings)
    {
        var console = new BuiltConsole(dataDirectory, settings);
        using var patience = new CancellationTokenSource(Patience);
        while (!await console.IsReadyAsync(patience.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }

        return console;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
