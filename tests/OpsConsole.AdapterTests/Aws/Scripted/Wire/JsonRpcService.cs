using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>A service that speaks awsJson: the operation stands in <c>X-Amz-Target</c>, the rest in the body.</summary>
/// <param name="targetPrefix">What the target begins with.</param>
/// <param name="contentType">The content type that it takes and gives.</param>
internal abstract class JsonRpcService(string targetPrefix, string contentType) : ScriptedService
{
    public override bool Serves(HttpRequest request, string? signingName) =>
        signingName == SigningName || request.Headers["X-Amz-Target"].ToString().StartsWith(targetPrefix + ".", StringComparison.Ordinal);

    public override Asked? Read(HttpRequest request, byte[] body)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        if (request.Method != "POST" || request.Path != "/" || !target.StartsWith(targetPrefix + ".", StringComparison.Ordinal))
        {
            return null;
        }
        return request.ContentType == contentType
            ? new Asked(target[(targetPrefix.Length + 1)..], ParseBody(body))
            : throw new AwsError("SerializationException", 400, $"The content type must be {contentType}, not {request.ContentType}.");
    }

    public override (JsonObject Body, IReadOnlyDictionary<string, string> Headers) Write(AwsError error, HttpRequest request)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Content-Type"] = contentType };
        if (request.Headers["x-amzn-query-mode"] == "true")
        {
            headers["x-amzn-query-error"] = $"{error.QueryCode};{(error.Status < 500 ? "Sender" : "Receiver")}";
        }
        return (Json.Object(("__type", $"com.amazonaws.{PermissionPrefix}#{error.Code}"), ("message", error.Message)), headers);
    }
}
