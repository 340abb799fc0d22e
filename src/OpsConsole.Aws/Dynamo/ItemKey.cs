namespace OpsConsole.Aws.Dynamo;

/// <summary>Where an item is.</summary>
internal sealed record ItemKey(string Table, Item Key)
{
    /// <summary>The same for the same item, other for another.</summary>
    public string Name { get; } = $"{Table}/{string.Join('/', Key.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => part.Value.S))}";

    public bool Equals(ItemKey? other) => other is not null && other.Name == Name;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);
}
