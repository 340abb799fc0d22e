using System.Collections.Immutable;
using System.Globalization;
using Amazon.FIS.Model;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;
using Experiment = OpsConsole.Core.Experiments.Experiment;
using ExperimentTemplate = OpsConsole.Core.Experiments.Templates.ExperimentTemplate;
using FisTemplate = Amazon.FIS.Model.ExperimentTemplate;

namespace OpsConsole.Aws.Experiments;

/// <summary>Makes a template of FIS one of the console's, with the definition that stands for it.</summary>
internal static class FisTemplateReader
{
    private const string AlarmSource = "aws:cloudwatch:alarm";
    private const int LongestTitle = 100;

    /// <summary>The key of the definition that stands for a template.</summary>
    public static string Key(string template) => "fis-" + template.ToLowerInvariant();

    public static ExperimentTemplate Read(FisTemplate template, FisOptions options)
    {
        ImmutableArray<TemplateAction> actions =
        [
            .. (template.Actions ?? []).OrderBy(action => action.Key, StringComparer.Ordinal).Select(action => new TemplateAction(
                action.Key,
                action.Value.ActionId ?? "",
                action.Value.Description ?? "",
                [.. (action.Value.Targets?.Values ?? Enumerable.Empty<string>()).Order(StringComparer.Ordinal)],
                [.. action.Value.StartAfter ?? []],
                FisTimes.Duration(action.Value.Parameters),
                (action.Value.Parameters ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal))),
        ];
        var tags = (template.Tags ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);
        return new ExperimentTemplate
        {
            Id = template.Id,
            Definition = Define(template.Id, template.Description, tags, options, FisTimes.Longest(actions.ToDictionary(
                action => action.Name, action => (action.Duration, (IReadOnlyList<string>)action.StartAfter), StringComparer.Ordinal))),
            Targets =
            [
                .. (template.Targets ?? []).OrderBy(target => target.Key, StringComparer.Ordinal).Select(target => new TemplateTarget(
                    target.Key, target.Value.ResourceType ?? "", target.Value.SelectionMode ?? "", Resources(target.Value))),
            ],
            Actions = actions,
            StopAlarms = [.. (template.StopConditions ?? []).Where(condition => condition.Source == AlarmSource && condition.Value is not null).Select(condition => condition.Value)],
            Tags = tags,
            ChangedAt = template.LastUpdateTime is { } changed ? new DateTimeOffset(changed.ToUniversalTime()) : null,
        };
    }

    /// <summary>The definition that stands for a template of which only tags and times are known.</summary>
    public static Experiment Define(
        string id, string? description, IReadOnlyDictionary<string, string> tags, FisOptions options, TimeSpan duration) => new()
        {
            Id = Key(id),
            Title = Title(id, description),
            Hypothesis = tags.GetValueOrDefault(FisTags.Hypothesis) is { Length: > 0 } hypothesis
                ? hypothesis
                : $"While the template {id} of AWS FIS is run, the service stays within its limits.",
            Service = tags.GetValueOrDefault(FisTags.Service) is { Length: > 0 } service ? service : options.Service,
            Faults = [],
            Template = id,
            Duration = duration,
            Safeguards = new(Number(tags, FisTags.MaxErrorRate) ?? options.MaxErrorRate, Number(tags, FisTags.MaxLatency) ?? options.MaxLatency),
            RollbackActions = [new(RollbackActionKind.StopExperiment)],
            BuiltIn = true,
        };

    private static string Title(string id, string? description)
    {
        var title = string.IsNullOrWhiteSpace(description) ? id : description.Trim();
        return title.Length <= LongestTitle ? title : title[..(LongestTitle - 1)] + "…";
    }

    private static double? Number(IReadOnlyDictionary<string, string> tags, string name) =>
        tags.TryGetValue(name, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
        && number > 0
            ? number
            : null;

    private static string Resources(ExperimentTemplateTarget target)
    {
        IEnumerable<string> parts =
        [
            .. target.ResourceArns ?? [],
            .. (target.ResourceTags ?? []).Select(tag => $"tag {tag.Key}={tag.Value}"),
            .. (target.Filters ?? []).Select(filter => $"{filter.Path} is {string.Join(" or ", filter.Values ?? [])}"),
            .. (target.Parameters ?? []).Select(parameter => $"{parameter.Key} {parameter.Value}"),
        ];
        return string.Join(", ", parts) is { Length: > 0 } found ? found : "every one in the account and Region";
    }
}
