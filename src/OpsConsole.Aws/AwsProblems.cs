using System.Net;
using Amazon.Runtime;

namespace OpsConsole.Aws;

/// <summary>Says in one sentence why AWS could not be asked, and what would mend it.</summary>
internal static class AwsProblems
{
    private static readonly string[] Throttles =
        ["Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"];

    private static readonly string[] Expiries = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

    private static readonly string[] Unknowns =
        ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationToken"];

    private static readonly string[] Denials = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"];

    /// <summary>Whether a call was refused because the credentials may not make it.</summary>
    public static bool IsDenied(Exception exception) => exception is AmazonServiceException { ErrorCode: { } code } && Denials.Contains(code, StringComparer.Ordinal);

    /// <summary>Whether a call was refused, after every retry, because there were too many.</summary>
    public static bool IsThrottled(Exception exception) => exception is AmazonServiceException { ErrorCode: { } code } && Throttles.Contains(code, StringComparer.Ordinal);

    /// <summary>The sentence for a failed call.</summary>
    /// <param name="exception">What the SDK threw.</param>
    /// <param name="permission">The permission that the call needs, e.g. <c>cloudwatch:GetMetricData</c>.</param>
    public static string Explain(Exception exception, string permission) => exception switch
    {
        _ when IsDenied(exception) => $"AWS denies {permission}. Allow it in the console's IAM policy.",
        _ when IsThrottled(exception) => $"AWS throttles {permission} and went on doing so through every retry. It is tried again; if it lasts, ask for less or raise the quota.",
        AmazonServiceException { ErrorCode: { } code } when Expiries.Contains(code, StringComparer.Ordinal) =>
            "The AWS credentials have expired. Sign in again, or give the console a role that renews them; if they are new, set the clock.",
        AmazonServiceException { ErrorCode: { } code } when Unknowns.Contains(code, StringComparer.Ordinal) =>
            $"AWS does not accept the credentials ({code}). Look at AWS_PROFILE, AWS_ACCESS_KEY_ID or the role of the machine, and at the Region.",
        AmazonServiceException { StatusCode: HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } failed =>
            $"AWS failed at {permission} ({failed.ErrorCode ?? failed.StatusCode.ToString()}). It is tried again.",
        AmazonServiceException refused => $"AWS refused {permission}: {refused.Message} ({refused.ErrorCode})",
        AmazonClientException { InnerException: HttpRequestException or IOException } => Unreachable(permission),
        HttpRequestException or IOException => Unreachable(permission),
        AmazonClientException => $"There are no AWS credentials that could be used for {permission}: {exception.Message}",
        _ => exception.Message,
    };

    private static string Unreachable(string permission) =>
        $"AWS cannot be reached for {permission}. Look at the network, the Region, and AWS_ENDPOINT_URL if it is set.";
}
