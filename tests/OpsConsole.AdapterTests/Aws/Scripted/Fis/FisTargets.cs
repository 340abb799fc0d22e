using System.Globalization;
using System.Text.Json.Nodes;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;

namespace OpsConsole.AdapterTests.Aws.Scripted.Fis;

/// <summary>Resolves the targets of a template to resources.</summary>
internal static class FisTargets
{
    /// <summary>What every target resolves to, target by target in the order of the template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="resources">What there is in the account.</param>
    public static IReadOnlyList<FisResolved> Resolve(JsonObject template, IReadOnlyList<FisResource> resources) =>
        [.. (template["targets"] as JsonObject ?? []).SelectMany(target => Selected(target.Value!, resources).Select(resource => new FisResolved(target.Key, resource)))];

    private static IEnumerable<FisResource> Selected(JsonNode target, IReadOnlyList<FisResource> resources)
    {
        var arns = target.TextsOf("resourceArns");
        var tags = target.MapOf("resourceTags");
        var found = resources
            .Where(resource => resource.Type == target.Text("resourceType"))
            .Where(resource => arns.Count > 0
                ? arns.Contains(resource.Arn, StringComparer.Ordinal)
                : tags.All(tag => resource.Tags.GetValueOrDefault(tag.Key) == tag.Value))
            .Where(resource => target.Items("filters").All(filter => filter.TextsOf("values")
                .Contains(resource.Attributes.GetValueOrDefault(filter.Text("path")!), StringComparer.Ordinal)))
            .ToList();
        var mode = target.Text("selectionMode")!;
        var count = mode switch
        {
            "ALL" => found.Count,
            _ when mode.StartsWith("COUNT", StringComparison.Ordinal) => Argument(mode),
            _ => found.Count * Argument(mode) / 100,
        };
        return found.Take(count);
    }

    private static int Argument(string mode) => int.Parse(mode[(mode.IndexOf('(', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture);
}
