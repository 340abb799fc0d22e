using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpsConsole.AdapterTests.Dynalite;

/// <summary>A request on its way to DynamoDB.</summary>
internal sealed record DynamoRequest(string Operation, JsonElement Body)
{
    public string Table => Body.TryGetProperty("TableName", out var table) ? table.GetString()! : "";

    /// <summary>The item's sort key, or its name.</summary>
    public string? Key => Body.TryGetProperty(nameof(Key), out var key) || Body.TryGetProperty("Item", out key)
        ? Part(key, "sk") ?? Part(key, "name")
        : null;

    public string? Partition => Body.TryGetProperty(nameof(Key), out var key) || Body.TryGetProperty("Item", out key) ? Part(key, "pk") : null;

    public bool IsEntry => Operation == "PutItem" && Partition?.StartsWith("timeline#", StringComparison.Ordinal) is true;

    private static string? Part(JsonElement key, string name) => key.TryGetProperty(name, out var part) ? part.GetProperty("S").GetString() : null;
}

/// <summary>What becomes of a request.</summary>
internal abstract record Fate
{
    /// <summary>It is answered as usual.</summary>
    public static Fate Usual { get; } = new Forwarded();

    /// <summary>It is done, and its answer is lost.</summary>
    public static Fate LostAnswer { get; } = new Lost();

    /// <summary>The connection breaks before it is done.</summary>
    public static Fate Broken { get; } = new Cut();

    public static Fate Refused(string error, string message = "refused", HttpStatusCode status = HttpStatusCode.BadRequest) => new Failed(error, message, status);

    public static Fate After(Task task) => new Held(task);

    /// <summary>It is answered by the test.</summary>
    public static Fate Answer(Func<Task<string>> json) => new Answered(json);

    public sealed record Forwarded : Fate;

    public sealed record Answered(Func<Task<string>> Json) : Fate;

    public sealed record Lost : Fate;

    public sealed record Cut : Fate;

    public sealed record Failed(string Error, string Message, HttpStatusCode Status) : Fate;

    public sealed record Held(Task Until) : Fate;
}

/// <summary>Stands between a console and dynalite, and does to requests what tests ask for.</summary>
internal sealed class DynamoProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Forwarder _forwarder;

    private DynamoProxy(Uri target)
    {
        _forwarder = new(target);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>What becomes of each request.</summary>
    public Func<DynamoRequest, Fate> Decide { get; set; } = _ => Fate.Usual;

    public ConcurrentQueue<DynamoRequest> Requests { get; } = new();

    public static async Task<DynamoProxy> StartAsync(Uri target)
    {
        var proxy = new DynamoProxy(target);
        await proxy._app.StartAsync(TestContext.Current.CancellationToken);
        proxy.Address = new(proxy._app.Urls.First());
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _forwarder.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var operation = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        var request = new DynamoRequest(operation, JsonElement.Parse(body.ToArray()));
        Requests.Enqueue(request);
        switch (Decide(request))
        {
            case Fate.Failed failed:
                context.Response.StatusCode = (int)failed.Status;
                context.Response.ContentType = "application/x-amz-json-1.0";
                await context.Response.WriteAsync(
                    JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { ["__type"] = "com.amazonaws.dynamodb.v20120810#" + failed.Error, ["message"] = failed.Message }));
                break;
            case Fate.Answered answered:
                context.Response.ContentType = "application/x-amz-json-1.0";
                await context.Response.WriteAsync(await answered.Json());
                break;
            case Fate.Cut:
                context.Abort();
                break;
            case Fate.Lost:
                using (await _forwarder.SendAsync(context.Request, body.ToArray()))
                {
                    context.Abort();
                }

                break;
            case Fate.Held held:
                await held.Until;
                await _forwarder.PassOnAsync(context, body.ToArray());
                break;
            default:
                await _forwarder.PassOnAsync(context, body.ToArray());
                break;
        }
    }
}
