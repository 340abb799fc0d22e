using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Benchmarks.Charts;

/// <summary>The two pages, and a hub and history of eight services that say what the console's would.</summary>
internal sealed class ChartServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;

    private ChartServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First() + "/";

    public static async Task<ChartServer> StartAsync()
    {
        var assets = FindAssets();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddSignalR().AddMessagePackProtocol();
        var app = builder.Build();
        app.UseRouting();
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Join(assets, "dist")) });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Join(assets, "node_modules", "uplot", "dist")), RequestPath = "/uplot" });
        app.MapGet("/ours", () => Results.Content(ChartPages.Ours, "text/html"));
        app.MapGet("/plain", () => Results.Content(ChartPages.Plain, "text/html"));
        app.MapGet("/api/v1/timeline", () => Results.Content("""{"entries":[]}""", "application/json"));
        app.MapGet("/api/v1/health/{service}/history", (string service, long from, long to, int points) =>
            Results.Content(History(service, from, to, points), "application/json"));
        app.MapHub<FrameHub>("/hubs/health");
        await app.StartAsync();
        var server = new ChartServer(app);
        server._pump = server.PumpAsync(app.Services.GetRequiredService<IHubContext<FrameHub>>());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pump.ContinueWith(static _ => { }, TaskScheduler.Default);
        _stop.Dispose();
        await _app.DisposeAsync();
    }

    private async Task PumpAsync(IHubContext<FrameHub> hub)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var sequence = 1L; await timer.WaitForNextTickAsync(_stop.Token); sequence++)
        {
            var at = TimeProvider.System.GetUtcNow();
            for (var service = 0; service < ChartPages.Charts; service++)
            {
                await hub.Clients.All.SendAsync("frame", FrameHub.Frame($"s{service}", sequence, at), _stop.Token);
            }
        }
    }

    private static string History(string service, long from, long to, int points)
    {
        var step = (to - from) / points;
        var series = ChartPages.Signs.Select(sign =>
        {
            var buckets = Enumerable.Range(0, points)
                .Select(i => Enumerable.Range(0, (int)step).Select(second => FrameHub.Value(service, sign, from + (i * step) + second)).ToArray())
                .ToArray();
            return $$"""
                "{{sign}}":{"min":[{{Join(buckets, values => values.Min())}}],"max":[{{Join(buckets, values => values.Max())}}],"mean":[]}
                """;
        });
        return new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{{\"service\":\"{service}\",\"from\":{from},\"to\":{to},\"stepSeconds\":{step},\"points\":{points},\"series\":{{")
            .AppendJoin(',', series)
            .Append("}}")
            .ToString();
    }

    private static string Join(double[][] buckets, Func<double[], double> of) =>
        string.Join(',', buckets.Select(values => of(values).ToString("F1", CultureInfo.InvariantCulture)));

    private static string FindAssets()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var assets = Path.Join(directory.FullName, "wwwroot-assets");
            if (Directory.Exists(Path.Join(assets, "dist")))
            {
                return assets;
            }
        }

        throw new InvalidOperationException("Build the console first: its assets were not found.");
    }
}
