using Microsoft.AspNetCore.Http;

namespace OpsConsole.AdapterTests.Dynalite;

/// <summary>Passes requests of DynamoDB on to another server.</summary>
/// <param name="target">The server.</param>
internal sealed class Forwarder(Uri target) : IDisposable
{
    private readonly HttpClient _client = new();

    /// <summary>Whether a request is meant for DynamoDB.</summary>
    public static bool IsDynamo(HttpRequest request) =>
        request.Headers["X-Amz-Target"].ToString().StartsWith("DynamoDB_", StringComparison.Ordinal);

    /// <summary>Passes a request on and its answer back.</summary>
    public async Task PassOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await PassOnAsync(context, body.ToArray());
    }

    /// <summary>Passes a request whose body was read on, and its answer back.</summary>
    public async Task PassOnAsync(HttpContext context, byte[] body)
    {
        using var answer = await SendAsync(context.Request, body);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Transfer-Encoding"))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body, CancellationToken.None);
    }

    /// <summary>Passes a request on.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequest asked, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        foreach (var (name, values) in asked.Headers.Where(header => header.Key is "Authorization" or "X-Amz-Target" or "X-Amz-Date" or "Content-Type"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await _client.SendAsync(request, CancellationToken.None);
    }

    public void Dispose() => _client.Dispose();
}
