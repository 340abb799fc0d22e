using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Flags;

namespace OpsConsole.Aws.Tables;

/// <summary>What a table must be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Setting">The setting that names it.</param>
/// <param name="Key">Its key's attributes, all of them strings, the partition first.</param>
/// <param name="Index">The index that it must have: its name, which is that of its one attribute.</param>
/// <param name="Expiry">The attribute by which items expire.</param>
internal sealed record TableShape(string Name, string Setting, IReadOnlyList<string> Key, string? Index, string? Expiry)
{
    public static IReadOnlyList<TableShape> All(AwsOptions options) =>
    [
        new(options.FlagsTable, nameof(AwsOptions.FlagsTable), [FlagAttributes.Name], Index: null, Expiry: null),
        new(
            options.RecordsTable, nameof(AwsOptions.RecordsTable), [RecordsTable.Partition, RecordsTable.Sort], RecordsTable.PendingIndex, RecordsTable.Expires),
    ];

    public CreateTableRequest ToCreate() => new()
    {
        TableName = Name,
        BillingMode = BillingMode.PAY_PER_REQUEST,
        AttributeDefinitions = [.. Key.Concat(Index is null ? [] : [Index]).Select(name => new AttributeDefinition(name, ScalarAttributeType.S))],
        KeySchema = KeySchema(),
        GlobalSecondaryIndexes = Index is null ? null : [new()
        {
            IndexName = Index,
            KeySchema = [new(Index, KeyType.HASH)],
            Projection = new() { ProjectionType = ProjectionType.KEYS_ONLY },
        }],
    };

    public UpdateTableRequest ToAddIndex() => new()
    {
        TableName = Name,
        AttributeDefinitions = ToCreate().AttributeDefinitions,
        GlobalSecondaryIndexUpdates = [new()
        {
            Create = new()
            {
                IndexName = Index,
                KeySchema = [new(Index, KeyType.HASH)],
                Projection = new() { ProjectionType = ProjectionType.KEYS_ONLY },
            },
        }],
    };

    public bool HasItsKey(TableDescription table) =>
        table.KeySchema.OrderBy(part => part.KeyType == KeyType.HASH ? 0 : 1).Select(part => part.AttributeName).SequenceEqual(Key, StringComparer.Ordinal)
        && Key.All(name => table.AttributeDefinitions.Exists(attribute => attribute.AttributeName == name && attribute.AttributeType == ScalarAttributeType.S));

    public bool HasItsIndex(TableDescription table) =>
        Index is null || table.GlobalSecondaryIndexes?.Exists(index => index.IndexName == Index) is true;

    private List<KeySchemaElement> KeySchema() =>
        [.. Key.Select((name, index) => new KeySchemaElement(name, index == 0 ? KeyType.HASH : KeyType.RANGE))];
}
