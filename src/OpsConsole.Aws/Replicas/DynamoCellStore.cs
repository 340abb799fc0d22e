using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Replicas;

namespace OpsConsole.Aws.Replicas;

/// <summary>Cells in DynamoDB: one partition, read consistently.</summary>
internal sealed class DynamoCellStore(DynamoCalls calls, AwsOptions options, TimeProvider time) : ICellStore
{
    private const string Partition = "cells";
    private const string Version = "version", Content = "content", Write = "write";

    public async ValueTask<Cell?> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        await calls.GetAsync(KeyOf(name), cancellationToken) is { } item ? Read(item) : null;

    public async ValueTask<IReadOnlyList<Cell>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        var request = new QueryRequest
        {
            TableName = options.RecordsTable,
            ConsistentRead = true,
            KeyConditionExpression = $"{RecordsTable.Partition} = :cells AND begins_with({RecordsTable.Sort}, :prefix)",
            ExpressionAttributeValues = new(StringComparer.Ordinal) { [":cells"] = Attributes.Text(Partition), [":prefix"] = Attributes.Text(prefix) },
        };
        var cells = await calls.QueryAsync(request, cancellationToken).Select(Read).ToListAsync(cancellationToken);
        cells.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return cells;
    }

    public async ValueTask<bool> WriteAsync(
        string name, ReadOnlyMemory<byte> content, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ICellStore.MaxContent, nameof(content));
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        cancellationToken.ThrowIfCancellationRequested();
        var key = KeyOf(name);
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var update = new ItemUpdate();
        update.Require(update.Path(Version), expectedVersion == 0 ? null : Attributes.Number(expectedVersion));
        update.Set(update.Path(Version), Attributes.Number(expectedVersion + 1));
        update.Set(update.Path(Write), Attributes.Text(id));
        if (content.IsEmpty)
        {
            update.Remove(update.Path(Content));
        }
        else
        {
            update.Set(update.Path(Content), Attributes.Bytes(content.ToArray()));
        }

        var (written, current) = await calls.UpdateAsync(update.ToUpdate(key), key);
        // If the answer was lost, the repetition was refused because of the write itself.
        return written || current?.GetText(Write) == id;
    }

    public async ValueTask<bool> DeleteAsync(string name, long expectedVersion, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = KeyOf(name);
        var update = new ItemUpdate();
        update.Require(update.Path(Version), Attributes.Number(expectedVersion));
        return (await calls.DeleteAsync(update.ToDelete(key), key)).Written;
    }

    private static Cell Read(Item item) =>
        new(item.GetText(RecordsTable.Sort)!, item.GetNumber(Version) ?? 0, item.Get(Content)?.B?.ToArray() ?? []);

    private ItemKey KeyOf(string name) => RecordsTable.Key(options.RecordsTable, Partition, name);
}
