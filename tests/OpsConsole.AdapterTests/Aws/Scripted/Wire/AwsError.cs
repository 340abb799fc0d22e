namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>An error that a service answers with.</summary>
/// <param name="code">The shape of the error, such as <c>ThrottlingException</c>.</param>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What the caller reads.</param>
/// <param name="queryCode">The code of the query protocol, where the service still tells it; null when it is the shape.</param>
internal sealed class AwsError(string code, int status, string message, string? queryCode = null) : Exception(message)
{
    public string Code { get; } = code;

    public string QueryCode { get; } = queryCode ?? code;

    public int Status { get; } = status;
}
