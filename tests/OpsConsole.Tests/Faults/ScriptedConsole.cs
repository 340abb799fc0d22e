using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OpsConsole.Tests.Faults;

/// <summary>A console that says to an agent exactly what a test writes, and that can vanish without a word.</summary>
internal sealed class ScriptedConsole : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _reports = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _vanished = new();
    private int _connections;

    private ScriptedConsole(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public int Connections => Volatile.Read(ref _connections);

    public static async Task<ScriptedConsole> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var console = new ScriptedConsole(builder.Build());
        console._app.MapGet("/agents/v1/stream", console.StreamAsync);
        console._app.MapPost("/agents/v1/report", console.TakeAsync);
        await console._app.StartAsync(TestContext.Current.CancellationToken);
        return console;
    }

    public void Plan(long epoch, long sequence, string faults = "") =>
        Say("plan", $$"""{"stream":"s","epoch":{{epoch}},"sequence":{{sequence}},"stamp":0,"faults":[{{faults}}],"actions":[]}""");

    public void Lease(long epoch, string faultId, long leaseMs) =>
        Say("lease", $$"""{"epoch":{{epoch}},"sequence":1,"stamp":0,"leases":[{"faultId":"{{faultId}}","leaseMs":{{leaseMs}}}]}""");

    public static string Latency(long epoch, long leaseMs, long deadlineMs = 600_000) =>
        $$"""{"faultId":"f","runId":"r","epoch":{{epoch}},"kind":"latency","target":"shop-1","delayMs":30000,"jitterMs":0,"statusCode":503,"share":100,"startInMs":0,"endInMs":600000,"leaseMs":{{leaseMs}},"hardDeadlineMs":{{deadlineMs}}}""";

    public async Task<string> ReportAsync(Func<string, bool> wanted)
    {
        await foreach (var report in _reports.Reader.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (wanted(report))
            {
                return report;
            }
        }

        throw new InvalidOperationException("The agent never said so.");
    }

    /// <summary>Cuts every connection as <c>kill -9</c> does, and answers nobody any more.</summary>
    public Task VanishAsync() => _vanished.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _vanished.CancelAsync();
        await _app.DisposeAsync();
        _vanished.Dispose();
    }

    private void Say(string kind, string data) => _events.Writer.TryWrite($"event: {kind}\ndata: {data}\n\n");

    private async Task StreamAsync(HttpContext context)
    {
        if (_vanished.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        Interlocked.Increment(ref _connections);
        using var gone = _vanished.Token.Register(context.Abort);
        context.Response.ContentType = "text/event-stream";
        await foreach (var item in _events.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync(item, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (_vanished.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        await _reports.Writer.WriteAsync(await reader.ReadToEndAsync(context.RequestAborted), context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
