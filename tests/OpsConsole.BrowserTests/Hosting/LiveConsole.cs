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

    private ConsoleProcess? _console;
    private SignedInBrowser? _browser;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public Uri Storefront { get; } = new($"http://127.0.0.1:{FreePort()}");

    public HttpClient Api { get; } = new();

    private SignedInBrowser Browser => _browser ?? throw new InvalidOperationException("Not started.");

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
        _browser = await SignedInBrowser.StartAsync(Address, _console.Output);
    }

    /// <summary>A tab of a signed-in operator.</summary>
    public Task<Tab> OpenAsync(string path, string theme = "dark", int width = 1440, int height = 900) => Browser.OpenAsync(path, theme, width, height);

    /// <summary>A signed-in browser that runs no scripts.</summary>
    public Task<IBrowserContext> WithoutScriptsAsync() => Browser.WithoutScriptsAsync();

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        Api.Dispose();
        if (_console is not null)
        {
            await _console.DisposeAsync();
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
