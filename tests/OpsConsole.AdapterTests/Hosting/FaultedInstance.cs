using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;

namespace OpsConsole.AdapterTests.Hosting;

/// <summary>An application with a fault agent that takes its orders from a console; whether it is faulted, its own requests say.</summary>
internal sealed class FaultedInstance : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private FaultedInstance(WebApplication app)
    {
        _app = app;
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public static async Task<FaultedInstance> StartAsync(Uri console, string key, string service)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpsConsole(options =>
            (options.Endpoint, options.ApiKey, options.Service, options.Environment, options.Instance) = (console, key, service, "test", service + "-1")).AddFaultAgent();
        var app = builder.Build();
        app.UseOpsConsoleFaults();
        app.MapGet("/", static () => "open");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    /// <summary>Waits until its requests fail, or until they do not.</summary>
    public async Task UntilAsync(Func<bool, bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!isSo(await IsFaultedAsync(limit.Token)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<bool> IsFaultedAsync(CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(new Uri("/", UriKind.Relative), cancellationToken);
        return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
    }
}
