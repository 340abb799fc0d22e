using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;

namespace OpsConsole.Benchmarks;

/// <summary>
/// From the start of a flip's request to the application that follows the stream: SQLite with its event on disk, decision, stream, fetch,
/// snapshot. The reference is a flip's request alone.
/// </summary>
internal static class FlipBenchmark
{
    private const string Key = "key-of-the-flip-benchmark-0123456789";
    private const int Flips = 200;
    private const int Warm = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] args)
    {
        _ = args;
        await using var console = new FlippedConsole();
        using var http = new HttpClient { BaseAddress = console.Address };
        http.DefaultRequestHeaders.Add("X-API-Key", Key);
        using var put = await http.PutAsJsonAsync("/api/v1/flags/flipped", new { enabled = false });
        put.EnsureSuccessStatusCode();

        using var app = await StartAsync(console.Address);
        var flags = app.Services.GetRequiredService<IFlags>();
        await flags.IsEnabledAsync("flipped");
        using var changed = new SemaphoreSlim(0);
        flags.Changed += (_, _) => changed.Release();
        while (!flags.Status.Connected)
        {
            await changed.WaitAsync(Patience);
        }

        var (requests, arrivals) = (new List<double>(), new List<double>());
        for (var i = 0; i < Warm + Flips; i++)
        {
            var enabled = i % 2 == 0;
            var start = Stopwatch.GetTimestamp();
            var arrival = ArriveAsync(flags, enabled, changed, start);
            using var flip = await http.PostAsJsonAsync("/api/v1/flags/flipped/flip", new { enabled, reason = "measured" });
            flip.EnsureSuccessStatusCode();
            var request = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var arrived = await arrival;
            if (i >= Warm)
            {
                requests.Add(request);
                arrivals.Add(arrived);
            }
        }

        Console.WriteLine("| 200 flips | p50 ms | p95 ms | p99 ms | max ms |");
        Console.WriteLine("|---|---|---|---|---|");
        Show("request alone", requests);
        var p99 = Show("request to application", arrivals);
        Console.WriteLine($"p99 ≤ 100 ms: {(p99 <= 100 ? "yes" : "NO")}");
        await app.StopAsync();
        return 0;
    }

    private static async Task<double> ArriveAsync(IFlags flags, bool enabled, SemaphoreSlim changed, long start)
    {
        while (flags.IsEnabled("flipped") != enabled)
        {
            if (!await changed.WaitAsync(Patience))
            {
                throw new TimeoutException("The flip did not arrive.");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Show(string name, List<double> times)
    {
        times.Sort();
        Console.WriteLine($"| {name} | {At(0.5):F1} | {At(0.95):F1} | {At(0.99):F1} | {times[^1]:F1} |");
        return At(0.99);

        double At(double share) => times[Math.Min(times.Count - 1, (int)(share * times.Count))];
    }

    private static async Task<IHost> StartAsync(Uri console)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options => (options.Endpoint, options.ApiKey, options.Service) = (console, Key, "benchmark"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class FlippedConsole : WebApplicationFactory<OpsConsole.Shell.Layout.App>
    {
        private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("opsconsole-flip-");

        public FlippedConsole()
        {
            UseKestrel(0);
            StartServer();
        }

        public Uri Address => ClientOptions.BaseAddress;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            builder.UseContentRoot(AppContext.BaseDirectory);
            builder.UseSetting("OpsConsole:DataDirectory", _data.FullName);
            builder.UseSetting("OpsConsole:Environment", "test");
            builder.UseSetting("OpsConsole:Storefront:Enabled", "false");
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Name", "benchmark");
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Key", Key);
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Role", "operator");
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing && _data.Exists)
            {
                _data.Delete(recursive: true);
            }
        }
    }
}
