using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.Client;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.Tests.Faults;

/// <summary>A small application on a real socket that knows the console by the client alone: <c>/</c> answers at once, <c>/buy</c> calls its dependency.</summary>
internal sealed class FaultyShop : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FaultyShop(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public static async Task<FaultyShop> StartAsync(
        Uri console, string instance = "shop-1", Action<OpsConsoleBuilder>? more = null, Action<FaultAgentOptions>? limits = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var client = builder.Services.AddOpsConsole(options =>
        {
            options.Endpoint = console;
            options.ApiKey = ConsoleHost.ApplicationKey;
            options.Service = "shop";
            options.Instance = instance;
            options.Environment = "test";
        }).AddFaultAgent(limits);
        more?.Invoke(client);
        builder.Services.AddHttpClient("pricing").AddOpsConsoleFaults("pricing");
        var app = builder.Build();
        app.UseOpsConsoleFaults();
        app.MapGet("/", () => "open");
        app.MapGet("/healthz/live", () => "alive");
        app.MapGet("/price", () => "12");
        app.MapGet("/buy", async (IHttpClientFactory clients, HttpContext context) =>
        {
            try
            {
                var request = context.Request;
                return Results.Text(await clients.CreateClient("pricing").GetStringAsync($"{request.Scheme}://{request.Host}/price", context.RequestAborted));
            }
            catch (HttpRequestException e)
            {
                return Results.Text(e.Message, statusCode: (int)HttpStatusCode.BadGateway);
            }
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new FaultyShop(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
