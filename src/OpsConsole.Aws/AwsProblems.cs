using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace OpsConsole.Aws;

/// <summary>Says in one sentence why AWS could not be asked, and what would mend it. Every service's adapter says it by this.</summary>
internal static partial class AwsProblems
{
    private const string Resumes = "the console goes on by itself.";

    /// <summary>Whether a failure is one of AWS, the network or the credentials, and not a fault of the console.</summary>
    public static bool IsOfAws(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException;

    /// <summary>Whether a call was refused because the credentials may not make it.</summary>
    public static bool IsDenied(Exception exception) => Classify(exception) is AwsTrouble.Denied;

    /// <summary>Whether a call was refused, after every retry, because there were too many.</summary>
    public static bool IsThrottled(Exception exception) => Classify(exception) is AwsTrouble.Throttled;

    /// <summary>What kind of failure it is.</summary>
    /// <param name="exception">What the SDK threw.</param>
    public static AwsTrouble Classify(Exception exception) => exception switch
    {
        AmazonServiceException
        {
            ErrorCode: "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation",
        } => AwsTrouble.Denied,
        AmazonServiceException service when IsExpired(service) || IsUnknown(service) => AwsTrouble.Credentials,
        AmazonServiceException
        {
            ErrorCode: "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestThrottled" or "RequestThrottledException" or "SlowDown"
                or "TooManyRequestsException" or "RequestLimitExceeded" or "LimitExceededException" or "ProvisionedThroughputExceededException",
        } => AwsTrouble.Throttled,
        AmazonServiceException service => (int)service.StatusCode is 0 or >= 500 ? AwsTrouble.Unreachable : AwsTrouble.Refused,
        AmazonClientException client when Mentions(client, "credential") || Mentions(client, "profile") => AwsTrouble.Credentials,
        _ => AwsTrouble.Unreachable,
    };

    /// <summary>The sentence for a failed call.</summary>
    /// <param name="exception">What the SDK threw.</param>
    /// <param name="permission">The permission that the call needs, e.g. <c>cloudwatch:GetMetricData</c>.</param>
    /// <param name="config">The client's configuration, by which the sentence names the address or the Region.</param>
    /// <param name="resource">What was to be used, e.g. <c>table opsconsole</c>.</param>
    public static string Explain(Exception exception, string permission, IClientConfig? config = null, string? resource = null)
    {
        var place = Place(config);
        var call = resource is null ? permission : $"{permission} on {resource}";
        return exception switch
        {
            AmazonServiceException service => Explain(service, permission, call, resource, place),
            AmazonClientException when Classify(exception) is AwsTrouble.Credentials =>
                $"There are no AWS credentials ({FirstLine(exception.Message)}). Give the console a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {Resumes}",
            _ when IsNotFound(exception) => $"AWS{place} cannot be found for {call} ({FirstLine(exception.Message)}). Check the Region and the name service; {Resumes}",
            TimeoutException => $"AWS{place} cannot be reached for {call}: {FirstLine(exception.Message)}. Check the network and the endpoint; {Resumes}",
            _ => $"AWS{place} cannot be reached for {call}: {FirstLine(exception.Message)}. Check the network, the Region, and AWS_ENDPOINT_URL if it is set; {Resumes}",
        };
    }

    /// <summary>That the answer was not there in time.</summary>
    /// <param name="patience">How long it was waited for.</param>
    public static TimeoutException NoAnswerWithin(TimeSpan patience) =>
        new(string.Create(CultureInfo.InvariantCulture, $"it did not answer within {patience.TotalSeconds:0.#} s"));

    private static string Explain(AmazonServiceException service, string permission, string call, string? resource, string place) => Classify(service) switch
    {
        AwsTrouble.Denied =>
            $"AWS denies the console {Permission(service, permission)}{(resource is null ? "" : $" on {resource}")}. Allow it in the console's IAM policy; {Resumes}",
        AwsTrouble.Throttled =>
            $"AWS throttles {call} and went on doing so through every retry. If it lasts, ask for less, or raise the quota or the table's capacity; {Resumes}",
        AwsTrouble.Credentials when IsExpired(service) =>
            $"The AWS credentials have expired. Renew them, e.g. by `aws sso login`, or give the console a role; if they are new, set this machine's clock; {Resumes}",
        AwsTrouble.Credentials =>
            $"AWS{place} does not accept the credentials ({service.ErrorCode}). Check the access key, the Region and this machine's clock; {Resumes}",
        AwsTrouble.Unreachable => $"AWS{place} fails at {call} ({Code(service)}: {FirstLine(service.Message)}); {Resumes}",
        _ => $"AWS{place} refuses {call} ({Code(service)}: {FirstLine(service.Message)}).",
    };

    private static bool IsExpired(AmazonServiceException service) =>
        service.ErrorCode is "ExpiredToken" or "ExpiredTokenException" or "RequestExpired";

    private static bool IsUnknown(AmazonServiceException service) =>
        service.ErrorCode is "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "SignatureDoesNotMatch"
            or "IncompleteSignature" or "IncompleteSignatureException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
            or "NotAuthorizedException" or "OptInRequired";

    private static bool IsNotFound(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain })
            {
                return true;
            }
        }

        return false;
    }

    private static bool Mentions(AmazonClientException exception, string word) => exception.Message.Contains(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>The permission that AWS names, which may be another than that of the call.</summary>
    private static string Permission(AmazonServiceException denied, string permission) =>
        Action.Match(denied.Message) is { Success: true } found ? found.Groups["action"].Value : permission;

    private static string Place(IClientConfig? config) => config switch
    {
        null => "",
        { ServiceURL: { } address } => " at " + address.TrimEnd('/'),
        _ => " in " + (config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion),
    };

    private static string Code(AmazonServiceException service) => service.ErrorCode is { Length: > 0 } code ? code : service.StatusCode.ToString();

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim().TrimEnd('.', ':');

    [GeneratedRegex(@"not authorized to perform: (?<action>\w+:\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Action { get; }
}
