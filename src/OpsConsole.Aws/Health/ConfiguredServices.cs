using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

/// <summary>The services of the settings as definitions. A wrong one stops the start and says where it is wrong.</summary>
internal sealed class ConfiguredServices : IValidateOptions<CloudWatchOptions>
{
    public static ImmutableArray<MonitoredService> Of(CloudWatchOptions options) => [.. options.Services.Select(Definition)];

    public ValidateOptionsResult Validate(string? name, CloudWatchOptions options)
    {
        List<string> problems = [];
        for (var i = 0; i < options.Services.Count; i++)
        {
            var service = options.Services[i];
            var setting = $"{CloudWatchOptions.Section}:Services:{i}";
            problems.AddRange(PresetProblems(service).Select(problem => $"{setting}:{problem}"));
            if (problems.Count == 0)
            {
                problems.AddRange(MonitoredServiceRules.Validate(Definition(service)).Select(pair => $"{setting} {pair.Key}: {string.Join(" ", pair.Value)}"));
            }
        }

        problems.AddRange(options.Services.GroupBy(service => service.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any())
            .Select(group => $"{CloudWatchOptions.Section}:Services has more than one service {group.Key}."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> PresetProblems(MonitoredServiceOptions service)
    {
        if (string.IsNullOrEmpty(service.Preset))
        {
            yield break;
        }

        if (CloudWatchPresets.Find(service.Preset) is not { } preset)
        {
            yield return $"Preset: there is no {service.Preset}. Use one of {string.Join(", ", CloudWatchPresets.All.Select(known => known.Key))}, or none.";
            yield break;
        }

        foreach (var field in preset.Fields.Where(field => field.Required && string.IsNullOrWhiteSpace(service.Fields.GetValue(field.Key))))
        {
            yield return $"Fields:{field.Key} is missing: {field.Label}, e.g. {field.Example}.";
        }
    }

    private static MonitoredService Definition(MonitoredServiceOptions service)
    {
        var own = service.Metrics.Select(Definition).ToImmutableArray();
        var preset = string.IsNullOrEmpty(service.Preset) ? null : CloudWatchPresets.Find(service.Preset);
        var ready = preset?.Metrics(service.Fields.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase)) ?? [];
        return new()
        {
            Service = service.Name,
            Environment = string.IsNullOrWhiteSpace(service.Environment) ? null : service.Environment,
            Preset = preset?.Key,
            Period = TimeSpan.FromSeconds(service.PeriodSeconds),
            Metrics = [.. ready.Where(metric => own.All(other => other.Id != metric.Id)), .. own],
            Alarms = [.. service.Alarms],
        };
    }

    private static MetricDefinition Definition(MetricOptions metric) => new()
    {
        Id = metric.Id,
        Role = metric.Role,
        Namespace = Text(metric.Namespace),
        Metric = Text(metric.Metric),
        Dimensions = metric.Dimensions.ToImmutableSortedDictionary(StringComparer.Ordinal),
        Statistic = Text(metric.Statistic),
        Expression = Text(metric.Expression),
        Scale = metric.Scale,
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
