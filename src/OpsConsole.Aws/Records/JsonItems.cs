using System.Text;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Records;

namespace OpsConsole.Aws.Records;

/// <summary>Records as JSON: a partition for each kind.</summary>
/// <typeparam name="T">The record's type.</typeparam>
internal sealed class JsonItems<T>(RecordKind<T> kind, string table, DynamoCalls calls) : RecordItems<T>
    where T : class
{
    private const string Json = "json";

    private string Partition => $"record#{kind.Name}";

    public override bool IsIndexed => true;

    public override ItemKey KeyOf(string id) => RecordsTable.Key(table, Partition, id);

    public override string IdOf(Item item) => item.GetText(RecordsTable.Sort)!;

    public override IAsyncEnumerable<Item> ListAsync(CancellationToken cancellationToken) => calls.QueryAsync(
        new QueryRequest
        {
            TableName = table,
            ConsistentRead = true,
            KeyConditionExpression = $"{RecordsTable.Partition} = :kind",
            ExpressionAttributeValues = new(StringComparer.Ordinal) { [":kind"] = Attributes.Text(Partition) },
        },
        cancellationToken);

    public override T Read(string id, Item item)
    {
        try
        {
            return JsonSerializer.Deserialize(item.GetText(Json) ?? "", kind.Json) ?? throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException(
                $"Record {id} of {kind.Name} in table {table} cannot be read: {exception.Message} Restore the table to a point in time before it was changed.",
                exception);
        }
    }

    public override Item? Write(ItemUpdate update, Item? read, T? value)
    {
        var path = update.Path(Json);
        if (value is null)
        {
            update.Remove(path);
        }
        else
        {
            update.Set(path, Attributes.Text(Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(value, kind.Json))));
        }

        return null;
    }
}
