using System.Collections.Immutable;
using System.Globalization;
using Amazon.DynamoDBv2.Model;

namespace OpsConsole.Aws.Flags;

/// <summary>Reads attributes that anybody may have written. What is not there, or is NULL, is <see langword="null"/>; what cannot be understood is the problem.</summary>
internal sealed class AttributeReader
{
    /// <summary>The first thing that cannot be understood.</summary>
    public string? Problem { get; private set; }

    public bool? Truth(string name, AttributeValue? value) => value switch
    {
        null or { NULL: true } => null,
        { BOOL: { } truth } => truth,
        _ => Misunderstand<bool?>(name, "true or false"),
    };

    public string? Text(string name, AttributeValue? value) => value switch
    {
        null or { NULL: true } => null,
        { S: { } text } => text,
        _ => Misunderstand<string>(name, "a string"),
    };

    public double? Number(string name, AttributeValue? value) => value switch
    {
        null or { NULL: true } => null,
        { N: { } digits } when Parse(digits) is { } number => number,
        { S: { } digits } when Parse(digits) is { } number => number,
        _ => Misunderstand<double?>(name, "a number"),
    };

    public int? Whole(string name, AttributeValue? value) => Number(name, value) switch
    {
        null => null,
        { } number when Math.Truncate(number) == number && number is >= int.MinValue and <= int.MaxValue => (int)number,
        _ => Misunderstand<int?>(name, "a whole number"),
    };

    public TChoice? Choice<TChoice>(string name, AttributeValue? value)
        where TChoice : struct, Enum => Text(name, value) switch
        {
            null => null,
            var text when Enum.TryParse<TChoice>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) => choice,
            _ => Misunderstand<TChoice?>(name, string.Join(" or ", Enum.GetNames<TChoice>())),
        };

    public ImmutableArray<string> Texts(string name, AttributeValue? value) => value switch
    {
        null or { NULL: true } => [],
        { SS: { Count: > 0 } set } => [.. set],
        { L: { } list } when list.TrueForAll(element => element.S is not null) => [.. list.Select(element => element.S)],
        _ => Misunderstand<ImmutableArray<string>?>(name, "a list of strings") ?? [],
    };

    public Item? Map(string name, AttributeValue? value) => value switch
    {
        null or { NULL: true } => null,
        { M: { } members } => members,
        _ => Misunderstand<Item>(name, "a map"),
    };

    private static double? Parse(string digits) =>
        double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private T? Misunderstand<T>(string name, string must)
    {
        Problem ??= $"The attribute {name} must be {must}, so the flag counts as OFF until it is.";
        return default;
    }
}
