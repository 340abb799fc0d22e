using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>An operation that a request asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">Its members, from wherever they stood.</param>
internal sealed record Asked(string Name, JsonObject Input);

/// <summary>One service behind the scripted server: how it is spoken to, and what it does.</summary>
internal abstract class ScriptedService
{
    /// <summary>The signing name of the service.</summary>
    public abstract string SigningName { get; }

    /// <summary>What IAM's permissions begin with.</summary>
    public abstract string PermissionPrefix { get; }

    /// <summary>Whether a request speaks to this service.</summary>
    /// <param name="request">The request.</param>
    /// <param name="signingName">The signing name of its signature; null when it has none.</param>
    public abstract bool Serves(HttpRequest request, string? signingName);

    /// <summary>What a request asks for; null when the service has no such operation.</summary>
    public abstract Asked? Read(HttpRequest request, byte[] body);

    /// <summary>Checks the input and carries the operation out.</summary>
    /// <exception cref="AwsError">The service refuses.</exception>
    public abstract JsonObject Answer(Asked asked);

    /// <summary>Writes an error as the service does.</summary>
    public abstract (JsonObject Body, IReadOnlyDictionary<string, string> Headers) Write(AwsError error, HttpRequest request);

    /// <summary>The caller lacks a permission.</summary>
    public virtual AwsError Denied(string permission, string account) => new(
        "AccessDeniedException",
        403,
        $"User: arn:aws:iam::{account}:user/console is not authorized to perform: {permission} because no identity-based policy allows the {permission} action",
        "AccessDenied");

    /// <summary>The caller calls too often.</summary>
    public virtual AwsError Throttled() => new("ThrottlingException", 400, "Rate exceeded", "Throttling");

    /// <summary>The signature is not good.</summary>
    public virtual AwsError BadSignature(SignatureFault fault) => fault switch
    {
        SignatureFault.Missing => new("MissingAuthenticationTokenException", 403, "Missing Authentication Token", "MissingAuthenticationToken"),
        SignatureFault.UnknownKey or SignatureFault.WrongToken =>
            new("UnrecognizedClientException", 403, "The security token included in the request is invalid.", "InvalidClientTokenId"),
        SignatureFault.WrongScope => new("InvalidSignatureException", 403, "Credential should be scoped to a valid region.", "SignatureDoesNotMatch"),
        SignatureFault.Expired => new("InvalidSignatureException", 403, "Signature expired.", "SignatureDoesNotMatch"),
        SignatureFault.NotYetValid => new("InvalidSignatureException", 403, "Signature not yet current.", "SignatureDoesNotMatch"),
        _ => new(
            "InvalidSignatureException",
            403,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            "SignatureDoesNotMatch"),
    };

    /// <summary>The credentials have run out.</summary>
    public virtual AwsError CredentialsExpired() =>
        new("ExpiredTokenException", 403, "The security token included in the request is expired", "ExpiredToken");

    protected static JsonObject ParseBody(byte[] body)
    {
        try
        {
            return body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? throw new AwsError("SerializationException", 400, "The body is no object.");
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new AwsError("SerializationException", 400, exception.Message);
        }
    }
}
