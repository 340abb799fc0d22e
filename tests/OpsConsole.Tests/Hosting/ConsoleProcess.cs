using System.Collections.Concurrent;
using System.Diagnostics;

namespace OpsConsole.Tests.Hosting;

/// <summary>The console as a process of its own, which can be killed.</summary>
internal sealed class ConsoleProcess : IAsyncDisposable
{
    private const string SignInLink = "OpsConsole: sign in once with ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly bool _ownsDirectory;
    private readonly TaskCompletionSource<Uri> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ConsoleProcess(string? dataDirectory, IReadOnlyDictionary<string, string>? environment, (string Name, string Value)[] settings)
    {
        _ownsDirectory = dataDirectory is null;
        DataDirectory = dataDirectory ?? Directory.CreateTempSubdirectory("opsconsole-process-").FullName;
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = DataDirectory,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Testing";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "OpsConsole.dll"));
        (string Name, string Value)[] defaults =
        [
            ("urls", "http://127.0.0.1:0"), ("OpsConsole:DataDirectory", DataDirectory), ("OpsConsole:Environment", "test"),
            ("OpsConsole:Storefront:Enabled", "false"),
        ];
        foreach (var (name, value) in defaults.Concat(settings))
        {
            start.ArgumentList.Add($"--{name}={value}");
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data, _output);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, _errors);
    }

    public string DataDirectory { get; }

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public int Id => _process.Id;

    public static ConsoleProcess Start(params (string Name, string Value)[] settings) => StartIn(null, settings);

    public static ConsoleProcess StartIn(string? dataDirectory, params (string Name, string Value)[] settings) => StartWith(null, dataDirectory, settings);

    /// <summary>Starts it with variables of its environment, beside those of this process.</summary>
    public static ConsoleProcess StartWith(
        IReadOnlyDictionary<string, string>? environment, string? dataDirectory, params (string Name, string Value)[] settings)
    {
        var console = new ConsoleProcess(dataDirectory, environment, settings);
        console._process.Start();
        console._process.BeginOutputReadLine();
        console._process.BeginErrorReadLine();
        return console;
    }

    /// <summary>The address on which it listens, once it does.</summary>
    public Task<Uri> AddressAsync() => _started.Task.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TimeProvider.System);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end in order, and waits until it has.</summary>
    public async Task StopAsync()
    {
        await Signal.SendAsync(_process.Id, "TERM");
        await WaitForExitAsync();
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Stands still, as a machine does that is suspended or hopelessly overloaded.</summary>
    public Task FreezeAsync() => Signal.SendAsync(_process.Id, "STOP");

    public Task ThawAsync() => Signal.SendAsync(_process.Id, "CONT");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        if (_ownsDirectory && Directory.Exists(DataDirectory))
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private void Take(string? line, ConcurrentQueue<string> lines)
    {
        if (string.IsNullOrEmpty(line))
        {
            return;
        }

        lines.Enqueue(line);
        if (line.StartsWith(SignInLink, StringComparison.Ordinal))
        {
            _started.TrySetResult(new Uri(new Uri(line[SignInLink.Length..]).GetLeftPart(UriPartial.Authority)));
        }
    }
}
