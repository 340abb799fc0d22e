using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpsConsole.Benchmarks;

/// <summary>The built console as a process of its own over a data directory.</summary>
internal sealed class BuiltConsole : IAsyncDisposable
{
    /// <summary>By which it lets in whoever measures.</summary>
    public const string Key = "key-of-a-benchmark-0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private BuiltConsole(string dataDirectory, string role, IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        var address = $"http://{IPAddress.Loopback}:{FreePort()}";
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "OpsConsole.dll"), $"--urls={address}", $"--OpsConsole:DataDirectory={dataDirectory}",
                "--OpsConsole:Storefront:Enabled=false", "--OpsConsole:Auth:ApiKeys:0:Name=benchmark", $"--OpsConsole:Auth:ApiKeys:0:Key={Key}",
                $"--OpsConsole:Auth:ApiKeys:0:Role={role}", .. settings,
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri(address) };
        Http.DefaultRequestHeaders.Add("X-API-Key", Key);
    }

    /// <summary>Asks it in the role that it was started with.</summary>
    public HttpClient Http { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => Http.BaseAddress!;

    /// <summary>Starts it for a viewer and waits until it is ready.</summary>
    public static Task<BuiltConsole> StartAsync(string dataDirectory, params string[] settings) =>
        StartAsync(dataDirectory, "viewer", settings, new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Starts it in a role and an environment, and waits until it is ready.</summary>
    public static async Task<BuiltConsole> StartAsync(
        string dataDirectory, string role, IEnumerable<string> settings, IReadOnlyDictionary<string, string> environment)
    {
        var console = new BuiltConsole(dataDirectory, role, settings, environment);
        using var patience = new CancellationTokenSource(Patience);
        while (!await console.IsReadyAsync(patience.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
        }

        return console;
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
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

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
