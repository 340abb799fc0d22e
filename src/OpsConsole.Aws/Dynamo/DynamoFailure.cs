using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Dynamo;

/// <summary>A failure in words. <see cref="StoreTrouble.None"/>: it belongs to one request, the store is well.</summary>
internal sealed record Failure(StoreTrouble Trouble, string Sentence);

/// <summary>Turns what AWS says into a sentence that says what is wrong and what to do.</summary>
internal static partial class DynamoFailure
{
    private const string Resumes = "the console goes on by itself.";

    public static Failure Explain(Exception exception, IClientConfig config, string table, string operation)
    {
        var place = Place(config);
        return exception switch
        {
            ResourceNotFoundException => new(
                StoreTrouble.Unfit,
                $"There is no table {table} {place}. Run `opsconsole aws init` to create it, or name the region and the table in which the records are; {Resumes}"),
            AmazonServiceException { ErrorCode: "ValidationException" } invalid => ExplainInvalid(invalid.Message, place, table, operation),
            AmazonServiceException { ErrorCode: "AccessDeniedException" or "AccessDenied" } denied => new(
                StoreTrouble.Denied, $"AWS denies the console {Permission(denied.Message, operation)} on table {table}. Add it to the role's policy; {Resumes}"),
            AmazonServiceException { ErrorCode: "ExpiredTokenException" or "ExpiredToken" or "RequestExpired" } => new(
                StoreTrouble.NoCredentials, $"The AWS credentials have expired. Renew them, e.g. by `aws sso login`, or give the console a role; {Resumes}"),
            AmazonServiceException
            {
                ErrorCode: "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "SignatureDoesNotMatch"
                    or "IncompleteSignature" or "IncompleteSignatureException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
                    or "NotAuthorizedException" or "OptInRequired",
            }
            unknown => new(
                StoreTrouble.NoCredentials,
                $"DynamoDB {place} does not accept the AWS credentials ({unknown.ErrorCode}). Check the access key, the region and this machine's clock; {Resumes}"),
            AmazonServiceException
            {
                ErrorCode: "ProvisionedThroughputExceededException" or "ThrottlingException" or "Throttling" or "RequestLimitExceeded"
                    or "TooManyRequestsException" or "LimitExceededException",
            } => new(
                StoreTrouble.Throttled,
                $"DynamoDB throttles {operation} on table {table}. Raise its capacity, or let it scale on demand; {Resumes}"),
            AmazonServiceException service => new(
                (int)service.StatusCode is 0 or >= 500 ? StoreTrouble.Unreachable : StoreTrouble.Unfit,
                $"DynamoDB {place} answers {operation} on table {table} with an error ({service.ErrorCode ?? service.StatusCode.ToString()}: {service.Message})."),
            AmazonClientException client when client.Message.Contains("credential", StringComparison.OrdinalIgnoreCase)
                || client.Message.Contains("profile", StringComparison.OrdinalIgnoreCase) => new(
                StoreTrouble.NoCredentials,
                $"There are no AWS credentials ({FirstLine(client.Message)}). Give the console a role, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {Resumes}"),
            HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } lost => new(
                StoreTrouble.Unreachable, $"DynamoDB {place} cannot be found ({lost.Message}). Check the region and the name service; {Resumes}"),
            _ => new(
                StoreTrouble.Unreachable, $"DynamoDB {place} cannot be reached: {FirstLine(exception.Message)}. Check the network and the endpoint; {Resumes}"),
        };
    }

    private static Failure ExplainInvalid(string message, string place, string table, string operation) => message switch
    {
        _ when Mentions(message, "size", "exceeded") => new(
            StoreTrouble.None, $"What was to be written to table {table} is larger than the 400 KB that DynamoDB keeps in one item. Write less at once."),
        _ when Mentions(message, "index") && !Mentions(message, "index key") => new(
            StoreTrouble.Unfit, $"Table {table} {place} lacks an index. Run `opsconsole aws init` to add it; {Resumes}"),
        _ when Mentions(message, "key", "schema") || Mentions(message, "missing the key") || Mentions(message, "mismatch for key") || Mentions(message, "key condition") => new(
            StoreTrouble.Unfit,
            $"Table {table} {place} has another key than the console needs. Name another table in OpsConsole:Aws, or remove this one and run `opsconsole aws init`."),
        _ => new(StoreTrouble.Unfit, $"DynamoDB {place} refuses {operation} on table {table}: {message}"),
    };

    private static bool Mentions(string message, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (!message.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static string Permission(string message, string operation) =>
        Action.Match(message) is { Success: true } found ? found.Groups["action"].Value : "dynamodb:" + operation;

    private static string Place(IClientConfig config) => config.ServiceURL is { } address
        ? "at " + address.TrimEnd('/')
        : "in " + (config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion);

    private static string FirstLine(string message) => message.Split('\n', 2)[0].Trim().TrimEnd('.', ':');

    [GeneratedRegex(@"(?<action>dynamodb:\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Action { get; }
}
