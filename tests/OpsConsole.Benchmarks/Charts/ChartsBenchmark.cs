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
        Console.WriteLine($"charts: 8 × 5 series × 3,600 points at 1 Hz, {ticks} ticks, main thread a tick (processor time; by the clock, other programs included)");
        Console.WriteLine($"  plain uPlot    {plain.CpuMs,6:F1} ms (script {plain.ScriptMs:F1} ms; by the clock {plain.ClockMs:F1} ms)");
        Console.WriteLine($"  console charts {ours.CpuMs,6:F1} ms (script {ours.ScriptMs:F1} ms; by the clock {ours.ClockMs:F1} ms), {ours.CpuMs / plain.CpuMs:F2} × plain");
        Console.WriteLine(ours.CpuMs <= TargetMs ? $"  reached: at most {TargetMs} ms" : $"  MISSED: at most {TargetMs} ms");
        return ours.CpuMs <= TargetMs ? 0 : 1;
    }

    private static async Task<Cost> MeasureAsync(IBrowser browser, string address, int ticks)
    {
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 1200 } });
        await page.GotoAsync(address);
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.uplot').length === 8 && window.ticks > 4");
        var processor = await CountAsync(page, "threadTicks");
        var clock = await CountAsync(page, "timeTicks");
        var before = (Processor: await ReadAsync(processor), Clock: await ReadAsync(clock), Ticks: await page.EvaluateAsync<int>("() => window.ticks"));
        await page.WaitForFunctionAsync(
            "until => window.ticks >= until", before.Ticks + ticks, new PageWaitForFunctionOptions { PollingInterval = 5_000, Timeout = 0 });
        var after = (Processor: await ReadAsync(processor), Clock: await ReadAsync(clock), Ticks: await page.EvaluateAsync<int>("() => window.ticks"));
        if (Environment.GetEnvironmentVariable("CHARTS_SCREENSHOT") is { Length: > 0 } directory)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Join(directory, $"charts-{address[^5..].Trim('/')}.png") });
        }

        await page.CloseAsync();
        var perTick = 1000d / (after.Ticks - before.Ticks);
        return new Cost(
            (after.Processor.Task - before.Processor.Task) * perTick,
            (after.Processor.Script - before.Processor.Script) * perTick,
            (after.Clock.Task - before.Clock.Task) * perTick);
    }

    private static async Task<ICDPSession> CountAsync(IPage page, string clock)
    {
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Performance.enable", new Dictionary<string, object>(StringComparer.Ordinal) { ["timeDomain"] = clock });
        return devtools;
    }

    private static async Task<(double Task, double Script)> ReadAsync(ICDPSession devtools)
    {
        var answer = await devtools.SendAsync("Performance.getMetrics");
        var metrics = answer!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble(), StringComparer.Ordinal);
        return (metrics["TaskDuration"], metrics["ScriptDuration"]);
    }

    private sealed record Cost(double CpuMs, double ScriptMs, double ClockMs);
}
