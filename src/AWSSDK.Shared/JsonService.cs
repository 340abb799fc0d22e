using System.Net;
using System.Text.Json;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.Runtime.Wire;

/// <summary>Makes the exception of an error.</summary>
internal delegate AmazonServiceException ErrorFactory(string message, Exception inner, ErrorType type, string code, string requestId, HttpStatusCode status);

/// <summary>An error that the service's model names.</summary>
/// <param name="Shape">Its name on the wire.</param>
/// <param name="Code">The error code that the exception shows: the name on the wire, or that of the older query protocol.</param>
/// <param name="Create">Makes its exception.</param>
internal sealed record ModeledError(string Shape, string Code, ErrorFactory Create);

/// <summary>What all operations of a service have in common on the wire.</summary>
internal sealed class JsonService
{
    private readonly Dictionary<string, ModeledError> _errors;

    /// <summary>Describes the service.</summary>
    /// <param name="name">The name that telemetry and the marshaller use.</param>
    /// <param name="naming">How members are named on the wire.</param>
    /// <param name="headers">Headers of every request.</param>
    /// <param name="fallback">Makes the exception of an error that the model does not name.</param>
    /// <param name="errors">The errors that the model names.</param>
    public JsonService(string name, JsonNamingPolicy naming, IReadOnlyDictionary<string, string> headers, ErrorFactory fallback, params ModeledError[] errors)
    {
        (Name, Headers, Fallback) = (name, headers, fallback);
        Json = WireJson.Options(naming);
        _errors = errors.ToDictionary(error => error.Shape, StringComparer.Ordinal);
    }

    public string Name { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public JsonSerializerOptions Json { get; }

    public ErrorFactory Fallback { get; }

    /// <summary>The exception of an error response.</summary>
    /// <param name="error">What the body and the headers say.</param>
    /// <param name="response">The response, for the header of services that once spoke the query protocol.</param>
    public AmazonServiceException Exception(ErrorResponse error, IWebResponseData response)
    {
        var create = Fallback;
        if (error.Code is not null && _errors.TryGetValue(error.Code, out var modeled))
        {
            create = modeled.Create;
            error.Code = modeled.Code;
        }
        AwsQueryCompatibleErrorHandler.ApplyQueryErrorHeader(error, response);
        return create(error.Message, error.InnerException, error.Type, error.Code, error.RequestId, error.StatusCode);
    }
}
