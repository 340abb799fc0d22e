using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.Runtime.Wire;

/// <summary>Writes the request and reads the response of one operation; everything between is the pipeline of AWSSDK.Core.</summary>
/// <param name="service">The service.</param>
/// <param name="method">The HTTP method.</param>
/// <param name="path">The path, with members in braces.</param>
/// <param name="target">The value of <c>X-Amz-Target</c>; null when the path says which operation it is.</param>
/// <param name="compressed">Whether the service takes a compressed body.</param>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TResponse">The response.</typeparam>
internal sealed class JsonOperation<TRequest, TResponse>(JsonService service, string method, string path, string target = null, bool compressed = false)
    : JsonResponseUnmarshaller, IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonWebServiceRequest
    where TResponse : AmazonWebServiceResponse, new()
{
    private readonly (string Name, PropertyInfo Member)[] _path = Members<InPathAttribute>(place => place.Name);
    private readonly (string Name, PropertyInfo Member)[] _query = Members<InQueryAttribute>(place => place.Name);
    private readonly JsonTypeInfo<TRequest> _request = (JsonTypeInfo<TRequest>)service.Json.GetTypeInfo(typeof(TRequest));
    private readonly JsonTypeInfo<TResponse> _response = (JsonTypeInfo<TResponse>)service.Json.GetTypeInfo(typeof(TResponse));

    /// <summary>What the client hands to the pipeline.</summary>
    public InvokeOptions Options => new() { RequestMarshaller = this, ResponseUnmarshaller = this };

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service.Name) { HttpMethod = method, ResourcePath = path };
        foreach (var (name, value) in service.Headers)
        {
            request.Headers[name] = value;
        }
        if (target is not null)
        {
            request.Headers["X-Amz-Target"] = target;
        }
        if (compressed)
        {
            CompressionAlgorithmUtils.SetCompressionAlgorithm(request, CompressionEncodingAlgorithm.gzip);
        }
        foreach (var (name, member) in _path)
        {
            var value = Text(member.GetValue(input));
            if (string.IsNullOrEmpty(value))
            {
                throw service.Fallback($"{member.Name} is missing in the {typeof(TRequest).Name}.", null, ErrorType.Unknown, null, null, default);
            }
            request.AddPathResource($"{{{name}}}", value);
        }
        foreach (var (name, member) in _query)
        {
            if (Text(member.GetValue(input)) is { } value)
            {
                request.Parameters.Add(name, value);
                request.UseQueryString = true;
            }
        }
        if (target is not null || _request.Properties.Count > 0)
        {
            var body = new PooledContentStream();
            request.ContentStream = body;
            using var writer = new Utf8JsonWriter(body.BufferWriter);
            JsonSerializer.Serialize(writer, (TRequest)input, _request);
        }
        return request;
    }

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input) =>
        _response.Properties.Count == 0 ? new TResponse() : JsonSerializer.Deserialize(input.Stream, _response);

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream, AWSConfigs.StreamingUtf8JsonReaderBufferSize ?? 4096, input.JsonMaxDepth);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return service.Exception(error, input.ResponseData);
    }

    private static (string Name, PropertyInfo Member)[] Members<TAttribute>(Func<TAttribute, string> name)
        where TAttribute : Attribute =>
        [.. from member in typeof(TRequest).GetProperties()
            let place = member.GetCustomAttribute<TAttribute>()
            where place is not null
            select (name(place), member)];

    private static string Text(object value) => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
