using System.Net;
using Amazon.Runtime;

namespace Amazon.FIS.Model;

/// <summary>A quota of the account is used up.</summary>
public class ServiceQuotaExceededException : AmazonFISException
{
    public ServiceQuotaExceededException()
    {
    }

    public ServiceQuotaExceededException(string message)
        : base(message)
    {
    }

    public ServiceQuotaExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ServiceQuotaExceededException(Exception innerException)
        : base(innerException)
    {
    }

    public ServiceQuotaExceededException(string message, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, errorType, errorCode, requestId, statusCode)
    {
    }

    public ServiceQuotaExceededException(string message, Exception innerException, ErrorType errorType, string errorCode, string requestId, HttpStatusCode statusCode)
        : base(message, innerException, errorType, errorCode, requestId, statusCode)
    {
    }
}
