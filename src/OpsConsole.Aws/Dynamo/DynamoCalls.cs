using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Dynamo;

/// <summary>What became of a conditional write: done, or refused with the item as it is now.</summary>
internal readonly record struct ConditionalWrite(bool Written, Item? Current);

/// <summary>
/// Requests to DynamoDB. Each is waited for as long as the patience lasts, its retries included, and each failure becomes
/// <see cref="StoreUnavailableException"/>. A write that was sent is waited for, whoever loses interest.
/// </summary>
internal sealed class DynamoCalls(
    IAmazonDynamoDB client, AttemptLog attempts, StoreTroubles troubles, AwsOptions options, TimeProvider time)
{
    /// <summary>Reads an item consistently.</summary>
    public async Task<Item?> GetAsync(ItemKey key, CancellationToken cancellationToken = default)
    {
        var request = new GetItemRequest { TableName = key.Table, Key = key.Key, ConsistentRead = true };
        var answer = await SendAsync(request, key.Table, client.GetItemAsync, cancellationToken);
        return answer.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>Reads every item that the query finds.</summary>
    public async IAsyncEnumerable<Item> QueryAsync(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        QueryResponse answer;
        do
        {
            answer = await SendAsync(request, request.TableName, client.QueryAsync, cancellationToken);
            foreach (var item in answer.Items ?? [])
            {
                yield return item;
            }

            request.ExclusiveStartKey = answer.LastEvaluatedKey;
        }
        while (answer.LastEvaluatedKey is { Count: > 0 } && request.Limit is null);
    }

    /// <summary>Reads every item of a table consistently.</summary>
    public async IAsyncEnumerable<Item> ScanAsync(string table, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ScanRequest { TableName = table, ConsistentRead = true };
        ScanResponse answer;
        do
        {
            answer = await SendAsync(request, table, client.ScanAsync, cancellationToken);
            foreach (var item in answer.Items ?? [])
            {
                yield return item;
            }

            request.ExclusiveStartKey = answer.LastEvaluatedKey;
        }
        while (answer.LastEvaluatedKey is { Count: > 0 });
    }

    public Task<ConditionalWrite> PutAsync(PutItemRequest request, ItemKey key) => WriteAsync(request, key, client.PutItemAsync);

    public Task<ConditionalWrite> UpdateAsync(UpdateItemRequest request, ItemKey key) => WriteAsync(request, key, client.UpdateItemAsync);

    public Task<ConditionalWrite> DeleteAsync(DeleteItemRequest request, ItemKey key) => WriteAsync(request, key, client.DeleteItemAsync);

    private async Task<ConditionalWrite> WriteAsync<TRequest, TAnswer>(
        TRequest request, ItemKey key, Func<TRequest, CancellationToken, Task<TAnswer>> send)
        where TRequest : AmazonWebServiceRequest
    {
        try
        {
            await SendAsync(request, key.Table, send, CancellationToken.None);
            return new(true, null);
        }
        catch (ConditionalCheckFailedException refused)
        {
            // Servers that do not tell what is there are asked.
            return new(false, refused.Item is { Count: > 0 } current ? current : await GetAsync(key));
        }
    }

    private async Task<TAnswer> SendAsync<TRequest, TAnswer>(
        TRequest request, string table, Func<TRequest, CancellationToken, Task<TAnswer>> send, CancellationToken cancellationToken)
        where TRequest : AmazonWebServiceRequest
    {
        var operation = typeof(TRequest).Name[..^"Request".Length];
        using var patienceEnds = new CancellationTokenSource(options.StorePatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patienceEnds.Token);
        try
        {
            var answer = await send(request, either.Token);
            troubles.Clear(table, operation);
            return answer;
        }
        catch (ConditionalCheckFailedException)
        {
            troubles.Clear(table, operation);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException || AwsProblems.IsOfAws(exception))
        {
            var cause = exception is OperationCanceledException
                ? attempts.LastFailure(request) ?? AwsProblems.NoAnswerWithin(options.StorePatience)
                : exception;
            var failure = DynamoFailure.Explain(cause, client.Config, table, operation);
            troubles.Note(table, operation, failure);
            throw new StoreUnavailableException(failure.Sentence, exception);
        }
    }
}
