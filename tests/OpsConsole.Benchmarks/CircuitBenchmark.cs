using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Playwright;

namespace OpsConsole.Benchmarks;

/// <summary>
/// What a circuit costs: heap of the server per open flags page with 50 flags, beside the page that only looks. Both include what the
/// browser's driver, which is in the same process, holds for a tab.
/// </summary>
internal static class CircuitBenchmark
{
    private const string Key = "key-of-the-circuit-benchmark";
    private const int Flags = 50;
    private const int Tabs = 20;

    /// <summary>After this long the array pools have let go of what only the loading of pages took.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);

    public static async Task<int> RunAsync(string[] args)
    {
        await using var console = new BenchedConsole();
        using var client = new HttpClient { BaseAddress = console.Address };
        client.DefaultRequestHeaders.Add("X-API-Key", Key);
        for (var i = 0; i < Flags; i++)
        {
            using var put = await client.PutAsync(
                $"/api/v1/flags/flag-{i:D2}",
                new StringContent(
                    """{"description":"One of fifty","enabled":true,"conditions":{"service":"storefront","maxErrorRate":5,"maxLatency":500}}""",
                    System.Text.Encoding.UTF8,
                    "application/json"));
            put.EnsureSuccessStatusCode();
        }

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = console.Address.ToString() });
        var page = await context.NewPageAsync();
        await page.GotoAsync("/login");
        await page.FillAsync("#secret", Key);
        await page.ClickAsync("button[type=submit]");

        Console.WriteLine($"| page | kB a tab ({Tabs} tabs) |");
        Console.WriteLine("|---|---|");
        foreach (var path in args is [] ? ["/", "/flags"] : args)
        {
            var warm = await OpenAsync(context, path, 2);
            var before = await HeapAsync();
            var tabs = await OpenAsync(context, path, Tabs);
            var each = (await HeapAsync() - before) / 1000.0 / Tabs;
            Console.WriteLine($"| {path} | {each:F0} |");
            foreach (var tab in warm.Concat(tabs))
            {
                await tab.CloseAsync();
            }
        }

        return 0;
    }

    private static async Task<IReadOnlyList<IPage>> OpenAsync(IBrowserContext context, string path, int count)
    {
        var tabs = new List<IPage>();
        for (var i = 0; i < count; i++)
        {
            var tab = await context.NewPageAsync();
            await tab.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.Load });
            await tab.WaitForFunctionAsync("() => !document.querySelector('[data-circuit=off]')");
            await tab.WaitForTimeoutAsync(1000);
            tabs.Add(tab);
        }

        return tabs;
    }

    private static async Task<long> HeapAsync()
    {
        GC.Collect();
        await Task.Delay(Settling, TimeProvider.System);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class BenchedConsole : WebApplicationFactory<OpsConsole.Shell.Layout.App>
    {
        public BenchedConsole()
        {
            UseKestrel(0);
            StartServer();
        }

        public Uri Address => ClientOptions.BaseAddress;

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Testing");
            builder.UseContentRoot(AppContext.BaseDirectory);
            builder.UseSetting("OpsConsole:DataDirectory", Directory.CreateTempSubdirectory("opsconsole-circuit-").FullName);
            builder.UseSetting("OpsConsole:Environment", "benchmark");
            builder.UseSetting("OpsConsole:Storefront:Enabled", "false");
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Name", "benchmark");
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Key", Key);
            builder.UseSetting("OpsConsole:Auth:ApiKeys:0:Role", "admin");
        }
    }
}
