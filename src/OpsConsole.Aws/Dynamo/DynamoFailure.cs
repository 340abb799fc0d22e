using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Dynamo;

/// <summary>A failure in words. <see cref="StoreTrouble.None"/>: it belongs to one request, the store is well.</summary>
internal sealed record Failure(StoreTrouble Trouble, string Sentence);

/// <summary>Turns what DynamoDB says into a sentence that says what is wrong and what to do: what is particular to tables here, the rest as for every service.</summary>
internal static class DynamoFailure
{
    public static Failure Explain(Exception exception, IClientConfig config, string table, string operation) => exception switch
    {
        ResourceNotFoundException => new(
            StoreTrouble.Unfit,
            $"There is no table {table}. Run `opsconsole aws init` to create it, or name the Region and the table in which the records are; the console goes on by itself."),
        AmazonServiceException { ErrorCode: "ValidationException" } invalid when ExplainInvalid(invalid.Message, table) is { } failure => failure,
        _ => new(TroubleOf(exception), AwsProblems.Explain(exception, "dynamodb:" + operation, config, $"table {table}")),
    };

    private static StoreTrouble TroubleOf(Exception exception) => AwsProblems.Classify(exception) switch
    {
        AwsTrouble.Denied => StoreTrouble.Denied,
        AwsTrouble.Credentials => StoreTrouble.NoCredentials,
        AwsTrouble.Throttled => StoreTrouble.Throttled,
        AwsTrouble.Unreachable => StoreTrouble.Unreachable,
        _ => StoreTrouble.Unfit,
    };

    private static Failure? ExplainInvalid(string message, string table) => message switch
    {
        _ when Mentions(message, "size", "exceeded") => new(
            StoreTrouble.None, $"What was to be written to table {table} is larger than the 400 KB that DynamoDB keeps in one item. Write less at once."),
        _ when Mentions(message, "index") && !Mentions(message, "index key") => new(
            StoreTrouble.Unfit, $"Table {table} lacks an index. Run `opsconsole aws init` to add it; the console goes on by itself."),
        _ when Mentions(message, "key", "schema") || Mentions(message, "missing the key") || Mentions(message, "mismatch for key") || Mentions(message, "key condition") => new(
            StoreTrouble.Unfit,
            $"Table {table} has another key than the console needs. Name another table in OpsConsole:Aws, or remove this one and run `opsconsole aws init`."),
        _ => null,
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
}
