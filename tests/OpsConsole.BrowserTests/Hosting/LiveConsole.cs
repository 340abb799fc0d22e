using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using OpsConsole.BrowserTests.Hosting;
using OpsConsole.Tests.Hosting;

[assembly: AssemblyFixture(typeof(LiveConsole))]

namespace OpsConsole.BrowserTests.Hosting;

/// <summary>The built console with the Storefront under real traffic, and a real Chromium.</summary>
public sealed class LiveConsole : IAsyncLifetime
{
    public const string AdminKey = "admin-key-for-browser-tests-0123456789";
    private const string SignInLink = "OpsConsole: sign in once with ";

    private ConsoleProcess? _console;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _session;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public Uri Storefront { get; } = new($"http://127.0.0.1:{FreePort()}");

    public HttpClient Api { get; } = new();

    internal IBrowser Chromium => _browser ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _console = ConsoleProcess.Start(
            ("OpsConsole:Storefront:Enabled", "true"),
            ("OpsConsole:Storefront:Port", Storefront.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("OpsConsole:Auth:ApiKeys:0:Name", "robot"),
            ("OpsConsole:Auth:ApiKeys:0:Key", AdminKey),
            ("OpsConsole:Auth:ApiKeys:0:Role", "admin"));
        Address = await _console.AddressAsync();
        Api.BaseAddress = Address;
        Api.DefaultRequestHeaders.Add("X-API-Key", AdminKey);

        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "/usr/bin/chromium",
            Args =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
        await SignInOnceAsync();
    }

    /// <summary>A tab of a signed-in operator.</summary>
    public async Task<Tab> OpenAsync(string path, string theme = "dark", int width = 1440, int height = 900)
    {
        var context = await Chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = string.Equals(theme, "light", StringComparison.Ordinal) ? ColorScheme.Light : ColorScheme.Dark,
            StorageState = _session,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout(30_000);
        await context.AddCookiesAsync([new Microsoft.Playwright.Cookie { Name = "opsconsole-theme", Value = theme, Url = Address.ToString() }]);
        var page = await context.NewPageAsync();
        var tab = new Tab(context, page);
        await page.GotoAsync(path);
        return tab;
    }

    /// <summary>A signed-in browser that runs no scripts.</summary>
    public Task<IBrowserContext> WithoutScriptsAsync() => Chromium.NewContextAsync(new BrowserNewContextOptions
    {
        BaseURL = Address.ToString(),
        JavaScriptEnabled = false,
        StorageState = _session,
    });

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        Api.Dispose();
        if (_console is not null)
        {
            await _console.DisposeAsync();
        }
    }

    /// <summary>Opens the link that the console printed, as an operator does, and keeps the session for every tab.</summary>
    private async Task SignInOnceAsync()
    {
        var link = _console!.Output.Last(line => line.StartsWith(SignInLink, StringComparison.Ordinal))[SignInLink.Length..];
        await using var context = await Chromium.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.GotoAsync(link);
        await Assertions.Expect(page.GetByRole(AriaRole.Banner)).ToContainTextAsync("OpsConsole");
        _session = await context.StorageStateAsync();
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
