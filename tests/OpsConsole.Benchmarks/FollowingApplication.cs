using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;

namespace OpsConsole.Benchmarks;

/// <summary>An application that follows a console's stream of flags.</summary>
internal sealed class FollowingApplication : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IHost _host;
    private readonly IFlags _flags;
    private readonly SemaphoreSlim _changed = new(0);

    private FollowingApplication(IHost host)
    {
        _host = host;
        _flags = host.Services.GetRequiredService<IFlags>();
        _flags.Changed += (_, _) => _changed.Release();
    }

    /// <summary>Starts it and waits until it is connected.</summary>
    public static async Task<FollowingApplication> StartAsync(Uri console, string key)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options => (options.Endpoint, options.ApiKey, options.Service) = (console, key, "benchmark"));
        var app = new FollowingApplication(builder.Build());
        await app._host.StartAsync();
        await app.UntilAsync(() => app._flags.Status.Connected);
        return app;
    }

    /// <summary>Waits until a flag is served so.</summary>
    /// <returns>The milliseconds from the start to then.</returns>
    public async Task<double> ArrivalAsync(string flag, bool enabled, long start)
    {
        await UntilAsync(() => _flags.IsEnabled(flag) == enabled);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _changed.Dispose();
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            if (!await _changed.WaitAsync(Patience))
            {
                throw new TimeoutException("What was waited for did not arrive at the application.");
            }
        }
    }
}
