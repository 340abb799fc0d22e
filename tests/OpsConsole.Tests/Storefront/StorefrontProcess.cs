using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using OpsConsole.Tests.Faults;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Storefront;

/// <summary>The Storefront as the process that a console starts.</summary>
internal sealed class StorefrontProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<string, int> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _output = new();

    private StorefrontProcess(Uri console, int port, bool traffic)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "storefront", "Storefront.dll"), "--urls", $"http://127.0.0.1:{port}", "--console",
            console.ToString(), "--key", ConsoleHost.ApplicationKey, "--environment", "test", "--traffic", traffic ? "true" : "false", "--exit-with-parent",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data ?? "");
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    public IReadOnlyDictionary<string, int> Instances => _instances;

    public IReadOnlyCollection<string> Output => _output;

    public static async Task<StorefrontProcess> StartAsync(Uri console, bool traffic = false)
    {
        var storefront = new StorefrontProcess(console, FreePort(), traffic);
        storefront._process.Start();
        storefront._process.BeginOutputReadLine();
        await Orders.UntilAsync(() => Task.FromResult(storefront._instances.Count), count => count == 3);
        await Orders.UntilAsync(storefront.StatusAsync, status => status == 200);
        return storefront;
    }

    public async Task KillInstanceAsync(string name)
    {
        using var instance = Process.GetProcessById(_instances[name]);
        instance.Kill();
        await instance.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>An instance stands still: it neither serves, nor reports, nor lets go.</summary>
    public Task FreezeInstanceAsync(string name) => Signal.SendAsync(_instances[name], "STOP");

    public Task ThawInstanceAsync(string name) => Signal.SendAsync(_instances[name], "CONT");

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<int> StatusAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("/healthz", TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private void Take(string line)
    {
        const string Up = " is up as process ";
        _output.Enqueue(line);
        if (line.IndexOf(Up, StringComparison.Ordinal) is var at and >= 0)
        {
            _instances[line[..at].Split(' ')[^1]] = int.Parse(line[(at + Up.Length)..].TrimEnd('.'), CultureInfo.InvariantCulture);
        }
    }
}
