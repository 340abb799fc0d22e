using System.Diagnostics;
using System.Globalization;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Tests.Hosting;

[assembly: AssemblyFixture(typeof(DynaliteServer))]

namespace OpsConsole.AdapterTests.Dynalite;

/// <summary>One dynalite for all tests; each has tables of its own in it. It ends with the process that started it.</summary>
public sealed class DynaliteServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process = new()
    {
        StartInfo = new("node", "server.mjs")
        {
            WorkingDirectory = Directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        },
    };

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    private static string Directory => Path.Combine(Repository, "tests", "OpsConsole.AdapterTests", "Dynalite");

    private static string Repository
    {
        get
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "OpsConsole.sln")))
            {
                directory = directory.Parent;
            }

            return directory?.FullName ?? throw new DirectoryNotFoundException("Run the tests from within the repository.");
        }
    }

    public async ValueTask InitializeAsync()
    {
        _process.Start();
        using var patience = new CancellationTokenSource(Patience);
        var port = await _process.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException("Dynalite has ended. Build the tests anew; that installs it.");
        Address = new($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}");
    }

    /// <summary>From now on it answers nothing: connections are taken, and nothing comes back.</summary>
    public Task FreezeAsync() => Signal.SendAsync(_process.Id, "STOP");

    public Task ThawAsync() => Signal.SendAsync(_process.Id, "CONT");

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
