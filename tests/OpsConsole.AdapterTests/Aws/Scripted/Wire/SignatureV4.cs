using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>What is wrong with the signature of a request.</summary>
internal enum SignatureFault
{
    Missing,
    UnknownKey,
    WrongToken,
    WrongScope,
    Expired,
    NotYetValid,
    Mismatch,
}

/// <summary>
/// Signs a request a second time from what came over the wire and compares: Signature Version 4 of AWS, in the <c>Authorization</c> header.
/// </summary>
/// <param name="Key">The access key id.</param>
/// <param name="Date">The day of the scope.</param>
/// <param name="Region">The Region of the scope.</param>
/// <param name="Service">The signing name of the scope.</param>
/// <param name="SignedHeaders">The headers that the signature covers.</param>
/// <param name="Signature">The signature, in hexadecimal digits.</param>
internal sealed record SignatureV4(string Key, string Date, string Region, string Service, IReadOnlyList<string> SignedHeaders, string Signature)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Reads the header; null when it is not one of Signature Version 4.</summary>
    public static SignatureV4? Parse(string? authorization)
    {
        if (authorization?.StartsWith(Algorithm + " ", StringComparison.Ordinal) != true)
        {
            return null;
        }
        var parts = authorization[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        return parts.GetValueOrDefault("Credential")?.Split('/') is [var key, var date, var region, var service, "aws4_request"]
            && parts.TryGetValue("SignedHeaders", out var headers) && parts.TryGetValue("Signature", out var signature)
            ? new SignatureV4(key, date, region, service, headers.Split(';'), signature)
            : null;
    }

    /// <summary>What is wrong with the signature; null when nothing is.</summary>
    /// <param name="request">The request as it came.</param>
    /// <param name="body">The body as it came, before it is unpacked.</param>
    /// <param name="credentials">The credentials that the caller must have.</param>
    /// <param name="region">The Region that the request must be for.</param>
    /// <param name="service">The signing name that the request must be for.</param>
    /// <param name="now">The time of the service.</param>
    public SignatureFault? Verify(HttpRequest request, byte[] body, ScriptedCredentials credentials, string region, string service, DateTimeOffset now)
    {
        var stamp = request.Headers["X-Amz-Date"].ToString();
        if (Key != credentials.AccessKeyId)
        {
            return SignatureFault.UnknownKey;
        }
        if (request.Headers["X-Amz-Security-Token"].ToString() != (credentials.SessionToken ?? ""))
        {
            return SignatureFault.WrongToken;
        }
        if (Region != region || Service != service || !stamp.StartsWith(Date, StringComparison.Ordinal))
        {
            return SignatureFault.WrongScope;
        }
        if (!DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            return SignatureFault.Mismatch;
        }
        if (now - signedAt > Tolerance)
        {
            return SignatureFault.Expired;
        }
        if (signedAt - now > Tolerance)
        {
            return SignatureFault.NotYetValid;
        }
        var hash = Hex(SHA256.HashData(body));
        var unsigned = request.Headers.Keys.Select(name => name.ToLowerInvariant())
            .Where(name => name == "host" || name.StartsWith("x-amz-", StringComparison.Ordinal))
            .Except(SignedHeaders, StringComparer.Ordinal);
        return request.Headers["X-Amz-Content-SHA256"].ToString() is { Length: > 0 } claimed && claimed != hash
            || unsigned.Any()
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Compute(request, hash, stamp, credentials)), Encoding.ASCII.GetBytes(Signature))
            ? SignatureFault.Mismatch
            : null;
    }

    private string Compute(HttpRequest request, string hash, string stamp, ScriptedCredentials credentials)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        var canonical = string.Join(
            '\n',
            request.Method,
            string.Join('/', target[0].Split('/').Select(Encode)),
            Query(target.ElementAtOrDefault(1) ?? ""),
            string.Concat(SignedHeaders.Select(name => $"{name}:{Folded(request.Headers[name])}\n")),
            string.Join(';', SignedHeaders),
            hash);
        var scope = $"{Date}/{Region}/{Service}/aws4_request";
        var text = string.Join('\n', Algorithm, stamp, scope, Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey);
        foreach (var part in (ReadOnlySpan<string>)[Date, Region, Service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Query(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Name: Encode(Uri.UnescapeDataString(pair[0])), Value: Encode(Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? ""))))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Folded(Microsoft.Extensions.Primitives.StringValues values) => string.Join(
        ',', values.Select(value => string.Join(' ', value!.Split(' ', StringSplitOptions.RemoveEmptyEntries))));

    private static string Encode(string text) => Uri.EscapeDataString(text);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
