using System.Net;
using Amazon.Runtime;

namespace Amazon.FIS;

/// <summary>An error of FIS; one that has no class of its own, throttling and missing permission among them, is known by its <see cref="AmazonServiceException.ErrorCode"/>.</summary>
public class AmazonFISException : AmazonServiceException
{
    public AmazonFISException()
    {
    }

    public AmazonFISException(string message)
        : base(message)
    {
    }

    public AmazonFISException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public AmazonFISException(Exception innerException)
        : base(innerException)
    {
    }

    public AmazonFISException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode)
    {
    }

    public AmazonFISException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
