using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Access;
using OpsConsole.Shell.Auth;

namespace OpsConsole.Features.Storefront;

/// <summary>
/// Starts the sample application beside the console, and again if it ends; it ends with the console. The console does not wait for it.
/// </summary>
internal sealed partial class StorefrontLauncher(
    IOptions<StorefrontOptions> options,
    IApplicationKeys keys,
    IServer server,
    ConsoleEnvironment environment,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StorefrontLauncher> logger) : BackgroundService
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled || !await StartedAsync(stoppingToken))
        {
            return;
        }

        if (ConsoleAddress() is not { } console || Executable() is not { } executable)
        {
            LogNotFound(AppContext.BaseDirectory);
            return;
        }

        var key = keys.Issue("storefront", AccessRoles.Application);
        var backoff = FirstBackoff;
        while (!stoppingToken.IsCancellationRequested)
        {
            var startedAt = time.GetTimestamp();
            var exitCode = await RunAsync(executable, console, key, stoppingToken);
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            backoff = time.GetElapsedTime(startedAt) > Steady ? FirstBackoff : backoff;
            LogEnded(exitCode, backoff.TotalSeconds);
            await Task.Delay(backoff, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            backoff = TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, LongestBackoff.Ticks));
        }
    }

    private static string[]? Executable()
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "storefront");
        var program = Path.Combine(directory, OperatingSystem.IsWindows() ? "Storefront.exe" : "Storefront");
        var assembly = Path.Combine(directory, "Storefront.dll");
        return File.Exists(program) ? [program] : File.Exists(assembly) ? ["dotnet", assembly] : null;
    }

    private async Task<bool> StartedAsync(CancellationToken stopping)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stopping.IsCancellationRequested;
    }

    /// <summary>The console's own address, as a process on this machine reaches it.</summary>
    private Uri? ConsoleAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses
            .OrderBy(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            .FirstOrDefault();
        return address is null
            ? null
            : BindingAddress.Parse(address) is var bound && bound.Host is "*" or "+" or "0.0.0.0" or "[::]"
                ? new Uri($"{bound.Scheme}://127.0.0.1:{bound.Port}")
                : new Uri(address);
    }

    private async Task<int> RunAsync(string[] executable, Uri console, string key, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(executable[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments =
        [
            .. executable[1..], "--urls", $"http://127.0.0.1:{options.Value.Port}", "--console", console.ToString(), "--environment", environment.Name,
            "--traffic", options.Value.Traffic ? "true" : "false", "--exit-with-parent", "true",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(IsConsoles).ToList())
        {
            start.Environment.Remove(inherited);
        }

        // Not as an argument: those can be read by everybody on the machine.
        start.Environment["STOREFRONT_KEY"] = key;
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Tell(line.Data);
        process.ErrorDataReceived += (_, line) => Tell(line.Data);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            LogNotStarted(e, executable[0]);
            return -1;
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!process.HasExited)
        {
            await EndAsync(process);
        }

        return process.ExitCode;
    }

    /// <summary>What configures the console must not configure what it starts.</summary>
    private static bool IsConsoles(string variable) =>
        variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("OpsConsole", StringComparison.OrdinalIgnoreCase);

    private async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsWithin, time);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private void Tell(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
        {
            LogLine(line);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "storefront: {Line}")]
    private partial void LogLine(string line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Storefront ended with {ExitCode}; it is started again in {Seconds} s.")]
    private partial void LogEnded(int exitCode, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "The Storefront is not beside the console in {Directory}; it is left out.")]
    private partial void LogNotFound(string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "The Storefront could not be started from {Path}.")]
    private partial void LogNotStarted(Exception exception, string path);
}
