using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>
/// The client's own way to the console. It is not built by the application's HTTP client factory, so neither the application's
/// handlers nor injected faults touch it.
/// </summary>
internal sealed class ConsoleConnection : IDisposable
{
    private readonly SocketsHttpHandler _handler = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
    };

    public ConsoleConnection(IOptions<OpsConsoleOptions> options)
    {
        Options = options.Value;
        Http = new HttpClient(_handler) { BaseAddress = Options.Endpoint, Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(Options.ApiKey))
        {
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Options.ApiKey);
        }
    }

    public OpsConsoleOptions Options { get; }

    /// <summary>Has no timeout of its own: every caller sets the limit that its request needs.</summary>
    public HttpClient Http { get; }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }
}
