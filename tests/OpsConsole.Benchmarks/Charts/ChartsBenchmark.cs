using System.Globalization;
using Microsoft.Playwright;

namespace OpsConsole.Benchmarks.Charts;

/// <summary>
/// Main-thread time a tick of 8 charts × 5 series × 3,600 points at 1 Hz in Chromium: the console's own chart elements, fed by a
/// hub over MessagePack, beside plain uPlot with its defaults, fed from a timer, in the same run.
/// </summary>
internal static class ChartsBenchmark
{
    private const double TargetMs = 15;

    public static async Task<int> RunAsync(string[] args)
    {
        var ticks = args is [var given, ..] && int.TryParse(given, CultureInfo.InvariantCulture, out var parsed) ? parsed : 30;
        await using var server = await ChartServer.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox"],
        });

        var plain = await MeasureAsync(browser, server.Address + "plain", ticks);
        var ours = await MeasureAsync(browser, server.Address + "ours", ticks);
        Console.WriteLine($"charts: 8 × 5 series × 3,600 points at 1 Hz, {ticks} ticks, main thread a tick");
        Console.WriteLine($"  plain uPlot    {plain.TaskMs,6:F1} ms (script {plain.ScriptMs:F1} ms)");
        Console.WriteLine($"  console charts {ours.TaskMs,6:F1} ms (script {ours.ScriptMs:F1} ms), {ours.TaskMs / plain.TaskMs:F2} × plain");
        Console.WriteLine(ours.TaskMs <= TargetMs ? $"  reached: at most {TargetMs} ms" : $"  MISSED: at most {TargetMs} ms");
        return ours.TaskMs <= TargetMs ? 0 : 1;
    }

    private static async Task<(double TaskMs, double ScriptMs)> MeasureAsync(IBrowser browser, string address, int ticks)
    {
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 1200 } });
        await page.GotoAsync(address);
        await page.WaitForFunctionAsync("() => document.querySelectorAll('canvas').length === 8 && window.ticks > 4");
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Performance.enable");
        var before = await ReadAsync(page, devtools);
        await page.WaitForFunctionAsync(
            "until => window.ticks >= until", before.Ticks + ticks, new PageWaitForFunctionOptions { PollingInterval = 5_000, Timeout = 0 });
        var after = await ReadAsync(page, devtools);
        if (Environment.GetEnvironmentVariable("CHARTS_SCREENSHOT") is { Length: > 0 } directory)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Join(directory, $"charts-{address[^5..].Trim('/')}.png") });
        }

        await page.CloseAsync();
        var counted = after.Ticks - before.Ticks;
        return ((after.Task - before.Task) * 1000 / counted, (after.Script - before.Script) * 1000 / counted);
    }

    private static async Task<(double Task, double Script, int Ticks)> ReadAsync(IPage page, ICDPSession devtools)
    {
        var ticks = await page.EvaluateAsync<int>("() => window.ticks");
        var answer = await devtools.SendAsync("Performance.getMetrics");
        var metrics = answer!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble(), StringComparer.Ordinal);
        return (metrics["TaskDuration"], metrics["ScriptDuration"], ticks);
    }
}
