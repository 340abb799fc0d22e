using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>Takes requests in: finds the service, verifies the signature, lets the planned faults happen, and writes the answer.</summary>
/// <param name="aws">What the faults, the credentials and the calls are kept in.</param>
/// <param name="services">The services.</param>
internal sealed class FrontDoor(ScriptedAws aws, IReadOnlyList<ScriptedService> services)
{
    private long _requests;

    public async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        var body = await ReadAsync(request);
        var now = TimeProvider.System.GetUtcNow() + aws.Faults.ClockSkew;
        context.Response.Headers.Date = now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.Headers["x-amzn-RequestId"] = string.Create(CultureInfo.InvariantCulture, $"request-{Interlocked.Increment(ref _requests)}");

        var signature = SignatureV4.Parse(request.Headers.Authorization);
        var service = services.FirstOrDefault(service => service.Serves(request, signature?.Service));
        if (service is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("<UnknownOperationException/>", context.RequestAborted);
            return;
        }

        var (asked, unreadable) = Read(service, request, body);
        var call = new AwsCall(
            $"{service.PermissionPrefix}:{asked?.Name ?? "?"}",
            asked?.Input.DeepClone().AsObject() ?? [],
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.Length,
            aws.Time.GetUtcNow());
        aws.Calls.Add(call);
        var cut = false;
        var answer = new MemoryStream();
        try
        {
            Verify(service, request, body, signature, now);
            if (asked is null)
            {
                throw unreadable ?? new AwsError("UnknownOperationException", 404, $"There is no operation {request.Method} {request.Path}.");
            }
            var page = asked.Input.ContainsKey("NextToken") ? "NextToken" : asked.Input.ContainsKey("nextToken") ? "nextToken" : null;
            var faults = aws.Faults.Next(call.Permission, isFurtherPage: page is not null);
            if (faults.Any(fault => fault is Fault.Drop))
            {
                context.Abort();
                return;
            }
            await BeforeAsync(faults, service, context.RequestAborted);
            if (faults.Any(fault => fault is Fault.LoseToken))
            {
                asked.Input[page!] = "lost";
            }
            if (aws.Faults.IsDenied(call.Permission))
            {
                throw service.Denied(call.Permission, ScriptedAws.Account);
            }
            var made = service.Answer(asked);
            if (faults.Any(fault => fault is Fault.EmptyPage))
            {
                Empty(made, page!, asked.Input.Text(page!)!);
            }
            foreach (var rewrite in faults.OfType<Fault.Rewrite>())
            {
                rewrite.Change(made);
            }
            cut = faults.Any(fault => fault is Fault.Cut);
            context.Response.ContentType = request.ContentType ?? "application/json";
            await JsonSerializer.SerializeAsync(answer, made, cancellationToken: context.RequestAborted);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What the scripted server itself gets wrong must be seen in the test that meets it.
            var error = exception as AwsError ?? new AwsError("InternalFailure", 500, exception.ToString());
            call.Error = error.Code;
            context.Response.StatusCode = error.Status;
            var (written, headers) = service.Write(error, request);
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }
            await JsonSerializer.SerializeAsync(answer, written, cancellationToken: context.RequestAborted);
        }

        call.Status = cut ? 0 : context.Response.StatusCode;
        context.Response.ContentLength = answer.Length;
        var bytes = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        if (cut)
        {
            await context.Response.Body.WriteAsync(bytes[..(bytes.Length / 2)], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (Asked? Asked, AwsError? Error) Read(ScriptedService service, HttpRequest request, byte[] body)
    {
        try
        {
            return (service.Read(request, Unpack(request, body)), null);
        }
        catch (AwsError error)
        {
            return (null, error);
        }
    }

    private void Verify(ScriptedService service, HttpRequest request, byte[] body, SignatureV4? signature, DateTimeOffset now)
    {
        var fault = signature is null
            ? SignatureFault.Missing
            : signature.Verify(request, body, aws.Credentials, ScriptedAws.Region, service.SigningName, now);
        if (fault is { } found)
        {
            throw service.BadSignature(found);
        }
        if (aws.Faults.CredentialsExpired)
        {
            throw service.CredentialsExpired();
        }
    }

    private static void Empty(JsonObject answer, string page, string token)
    {
        foreach (var list in answer.Select(member => member.Value).OfType<JsonArray>())
        {
            list.Clear();
        }
        answer[page] = token;
    }

    private static async Task BeforeAsync(IReadOnlyList<Fault> faults, ScriptedService service, CancellationToken cancellationToken)
    {
        foreach (var fault in faults)
        {
            switch (fault)
            {
                case Fault.Wait wait:
                    await wait.Until.WaitAsync(cancellationToken);
                    break;
                case Fault.Throttle:
                    throw service.Throttled();
                case Fault.Refuse refuse:
                    throw new AwsError(refuse.Code, refuse.Status, $"{refuse.Code} on demand");
            }
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    private static byte[] Unpack(HttpRequest request, byte[] body)
    {
        if (request.Headers.ContentEncoding != "gzip")
        {
            return body;
        }
        using var packed = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        packed.CopyTo(plain);
        return plain.ToArray();
    }
}
