using System.Diagnostics;
using System.Reflection;
using Storefront.Instance;

namespace Storefront.Fleet;

/// <summary>One instance as a process: the same executable in its other role. It ends when this process does.</summary>
internal sealed class InstanceProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public InstanceProcess(string name, StorefrontSettings settings, string dependencies, Action<string> line)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(self) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        string[] arguments =
        [
            "--role", StorefrontSettings.InstanceRole, "--urls", "http://127.0.0.1:0", "--instance", name, "--console", settings.Console.ToString(),
            "--environment", settings.Environment, "--dependencies", dependencies, "--exit-with-parent", "true",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Not as an argument: those can be read by everybody on the machine.
        start.Environment["STOREFRONT_KEY"] = settings.Key;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, output) => Take(output.Data, line);
        _process.ErrorDataReceived += (_, output) => Take(output.Data, line);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Where it listens, once it does. Faults if it ends before.</summary>
    public Task<Uri> Address => _address.Task;

    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        _address.TrySetException(new InvalidOperationException($"The instance ended with {_process.ExitCode} before it listened."));
    }

    /// <summary>Ends it as a crash does.</summary>
    public void Kill() => _process.Kill();

    public void Dispose() => _process.Dispose();

    private void Take(string? text, Action<string> line)
    {
        if (text?.StartsWith(InstanceApp.ListeningLine, StringComparison.Ordinal) == true)
        {
            _address.TrySetResult(new Uri(text[InstanceApp.ListeningLine.Length..]));
        }
        else if (!string.IsNullOrWhiteSpace(text))
        {
            line(text);
        }
    }
}
