using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;

/// <summary>A metric: the same name with other dimensions is another metric.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Dimensions">Its dimensions as one text, in the order of their names.</param>
internal sealed record MetricKey(string Namespace, string Name, string Dimensions)
{
    /// <summary>The metric of these dimensions.</summary>
    public static MetricKey Of(string @namespace, string name, IEnumerable<KeyValuePair<string, string>> dimensions) => new(
        @namespace,
        name,
        string.Join('\n', dimensions.OrderBy(dimension => dimension.Key, StringComparer.Ordinal).Select(dimension => $"{dimension.Key}={dimension.Value}")));

    /// <summary>The metric that stands in a request.</summary>
    public static MetricKey Of(string @namespace, JsonNode metric) => Of(
        @namespace,
        metric.Text("MetricName")!,
        metric.Items("Dimensions").Select(dimension => KeyValuePair.Create(dimension.Text("Name")!, dimension.Text("Value")!)));

    /// <summary>Its dimensions by name.</summary>
    public IReadOnlyDictionary<string, string> DimensionsByName => Dimensions.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(dimension => dimension.Split('=', 2)).ToDictionary(dimension => dimension[0], dimension => dimension[1], StringComparer.Ordinal);

    /// <summary>The metric as ListMetrics shows it.</summary>
    public JsonObject ToJson() => Json.Object(
        ("Namespace", Namespace),
        ("MetricName", Name),
        ("Dimensions", Json.Array(DimensionsByName.Select(dimension => Json.Object(("Name", dimension.Key), ("Value", dimension.Value))))));
}
