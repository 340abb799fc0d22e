using Microsoft.Playwright;

namespace OpsConsole.BrowserTests.Hosting;

/// <summary>A real Chromium in which an operator has signed in to a console.</summary>
public sealed class SignedInBrowser : IAsyncDisposable
{
    private const string SignInLink = "OpsConsole: sign in once with ";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly Uri _console;
    private string? _session;

    private SignedInBrowser(IPlaywright playwright, IBrowser chromium, Uri console) => (_playwright, _chromium, _console) = (playwright, chromium, console);

    /// <summary>Opens the link that the console printed, as an operator does, and keeps the session for every tab.</summary>
    /// <param name="console">The console's address.</param>
    /// <param name="output">What it has printed.</param>
    public static async Task<SignedInBrowser> StartAsync(Uri console, IEnumerable<string> output)
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
        var browser = new SignedInBrowser(playwright, chromium, console);
        await using var context = await chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(output.Last(line => line.StartsWith(SignInLink, StringComparison.Ordinal))[SignInLink.Length..]);
        await Assertions.Expect(page.GetByRole(AriaRole.Banner)).ToContainTextAsync("OpsConsole");
        browser._session = await context.StorageStateAsync();
        return browser;
    }

    /// <summary>A tab of the operator.</summary>
    public async Task<Tab> OpenAsync(string path, string theme = "dark", int width = 1440, int height = 900)
    {
        var context = await _chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = _console.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = string.Equals(theme, "light", StringComparison.Ordinal) ? ColorScheme.Light : ColorScheme.Dark,
            StorageState = _session,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(30_000);
        await context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "opsconsole-theme", Value = theme, Url = _console.ToString() }]);
        var page = await context.NewPageAsync();
        var tab = new Tab(context, page);
        await page.GotoAsync(path);
        return tab;
    }

    /// <summary>The operator's browser, running no scripts.</summary>
    public Task<IBrowserContext> WithoutScriptsAsync() => _chromium.NewContextAsync(new BrowserNewContextOptions
    {
        BaseURL = _console.ToString(),
        JavaScriptEnabled = false,
        StorageState = _session,
    });

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }
}
