namespace OpsConsole.Aws.Dynamo;

/// <summary>The table with records and timeline: a partition and a place within it.</summary>
internal static class RecordsTable
{
    public const string Partition = "pk";
    public const string Sort = "sk";

    /// <summary>The index of the items whose event is not in the timeline yet.</summary>
    public const string PendingIndex = "pending";

    /// <summary>The attribute by which an item is in the index, with the one value that it has.</summary>
    public const string Pending = "pending";

    /// <summary>When an item may be removed, in Unix seconds.</summary>
    public const string Expires = "expires";

    public static ItemKey Key(string table, string partition, string sort) => new(
        table,
        new(StringComparer.Ordinal) { [Partition] = Attributes.Text(partition), [Sort] = Attributes.Text(sort) });
}
