using System.Diagnostics;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

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

    public static async Task<int> RunAsync(string[] args)
    {
        _ = args;
        await using var console = new FlippedConsole();
        using var http = new HttpClient { BaseAddress = console.Address };
        http.DefaultRequestHeaders.Add("X-API-Key", Key);
        using var put = await http.PutAsJsonAsync("/api/v1/flags/flipped", new { enabled = false });
        put.EnsureSuccessStatusCode();

        await using var app = await FollowingApplication.StartAsync(console.Address, Key);

        var (requests, arrivals) = (new List<double>(), new List<double>());
        for (var i = 0; i < Warm + Flips; i++)
        {
            var enabled = i % 2 == 0;
            var start = Stopwatch.GetTimestamp();
            var arrival = app.ArrivalAsync("flipped", enabled, start);
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
        Quantiles.Of(requests).Show("request alone");
        var p99 = Quantiles.Of(arrivals).Show("request to application").P99;
        Console.WriteLine($"p99 ≤ 100 ms: {(p99 <= 100 ? "yes" : "NO")}");
        return 0;
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
