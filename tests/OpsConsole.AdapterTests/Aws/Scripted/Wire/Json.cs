using System.Globalization;
using System.Text.Json.Nodes;

namespace OpsConsole.AdapterTests.Aws.Scripted.Wire;

/// <summary>Short ways to make and to read the JSON of requests and answers.</summary>
internal static class Json
{
    /// <summary>An object of the members that are not null.</summary>
    public static JsonObject Object(params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (value is not null)
            {
                made[name] = value;
            }
        }
        return made;
    }

    /// <summary>An array of nodes.</summary>
    public static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];

    /// <summary>An array of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> items) => [.. items.Select(item => (JsonNode?)item)];

    /// <summary>An object of texts; null stays null.</summary>
    public static JsonObject? Map(IReadOnlyDictionary<string, string>? items) =>
        items is null ? null : new JsonObject(items.Select(item => KeyValuePair.Create(item.Key, (JsonNode?)item.Value)));

    /// <summary>Seconds since 1970 with milliseconds; null stays null.</summary>
    public static JsonNode? Time(DateTimeOffset? time) => time is { } at ? at.ToUnixTimeMilliseconds() / 1000m : null;

    /// <summary>The text of a member; null when it is not there.</summary>
    public static string? Text(this JsonNode? node, string member) => node?[member]?.GetValue<string>();

    /// <summary>The whole number of a member; null when it is not there.</summary>
    public static int? Whole(this JsonNode? node, string member) => node?[member] is { } value ? (int)Number(value) : null;

    /// <summary>The time of a member that is written as seconds since 1970; null when it is not there.</summary>
    public static DateTimeOffset? When(this JsonNode? node, string member) =>
        node?[member] is { } value ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(Number(value) * 1000)) : null;

    /// <summary>Whether a member says true.</summary>
    public static bool Is(this JsonNode? node, string member) => node?[member]?.GetValue<bool>() == true;

    /// <summary>The items of a member; none when it is not there.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, string member) => (node?[member] as JsonArray ?? []).OfType<JsonNode>();

    /// <summary>The texts of a member; none when it is not there.</summary>
    public static IReadOnlyList<string> TextsOf(this JsonNode? node, string member) => [.. node.Items(member).Select(item => item.GetValue<string>())];

    /// <summary>The texts by name of a member; none when it is not there.</summary>
    public static Dictionary<string, string> MapOf(this JsonNode? node, string member) =>
        (node?[member] as JsonObject ?? []).ToDictionary(item => item.Key, item => item.Value!.GetValue<string>(), StringComparer.Ordinal);

    /// <summary>A number, also where it is written as the text <c>NaN</c> or <c>Infinity</c>.</summary>
    public static double Number(JsonNode value) => double.Parse(value.ToString(), CultureInfo.InvariantCulture);
}
