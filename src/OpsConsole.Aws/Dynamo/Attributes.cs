using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace OpsConsole.Aws.Dynamo;

/// <summary>Values of attributes, and when two of them are the same.</summary>
internal static class Attributes
{
    public static AttributeValue Text(string value) => new() { S = value };

    public static AttributeValue Number(long value) => new() { N = value.ToString(CultureInfo.InvariantCulture) };

    public static AttributeValue Number(double value) => new() { N = value.ToString("R", CultureInfo.InvariantCulture) };

    public static AttributeValue Truth(bool value) => new() { BOOL = value };

    public static AttributeValue Map(Item value) => new() { M = value };

    public static AttributeValue List(IEnumerable<string> values) => new() { L = [.. values.Select(Text)] };

    public static AttributeValue Bytes(byte[] value) => new() { B = new MemoryStream(value) };

    public static AttributeValue? Get(this Item item, string name) => item.GetValueOrDefault(name);

    /// <summary>The text of the attribute, or <see langword="null"/>.</summary>
    public static string? GetText(this Item item, string name) => item.GetValueOrDefault(name)?.S;

    public static bool IsTrue(this Item item, string name) => item.GetValueOrDefault(name)?.BOOL is true;

    public static long? GetNumber(this Item item, string name) =>
        long.TryParse(item.GetValueOrDefault(name)?.N, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The map's members; <see langword="null"/> if it is no map.</summary>
    public static Item? GetMap(this Item item, string name) => item.GetValueOrDefault(name)?.M;

    public static bool Same(AttributeValue? left, AttributeValue? right) => (left, right) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        ({ S: { } one }, { S: { } other }) => one == other,
        ({ N: { } one }, { N: { } other }) => one == other,
        ({ BOOL: { } one }, { BOOL: { } other }) => one == other,
        ({ NULL: true }, { NULL: true }) => true,
        ({ M: { } one }, { M: { } other }) => one.Count == other.Count && one.All(member => Same(member.Value, other.Get(member.Key))),
        ({ L: { } one }, { L: { } other }) => one.Count == other.Count && one.Zip(other).All(pair => Same(pair.First, pair.Second)),
        ({ SS: { } one }, { SS: { } other }) => one.ToHashSet(StringComparer.Ordinal).SetEquals(other),
        _ => false,
    };
}
