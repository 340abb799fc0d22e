using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace OpsConsole.Core.Health.Monitoring;

/// <summary>What a definition must look like. The page, the API, the settings and the source ask here.</summary>
public static partial class MonitoredServiceRules
{
    /// <summary>How many metrics a service has at most.</summary>
    public const int MaxMetrics = 40;

    /// <summary>How many alarms are shown with a service at most.</summary>
    public const int MaxAlarms = 20;

    /// <summary>How many dimensions a metric has at most.</summary>
    public const int MaxDimensions = 30;

    private static readonly ImmutableArray<int> HighResolution = [1, 5, 10, 20, 30];

    /// <summary>What is wrong with a definition.</summary>
    /// <param name="service">The definition.</param>
    /// <returns>Messages by member, e.g. <c>metrics[0].statistic</c>; empty if all is well.</returns>
    public static IReadOnlyDictionary<string, string[]> Validate(MonitoredService service)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);

        void Ask(bool holds, string member, string message)
        {
            if (!holds)
            {
                (found.TryGetValue(member, out var messages) ? messages : found[member] = []).Add(message);
            }
        }

        Ask(ServiceName().IsMatch(service.Service ?? ""), "service", "Name the service with 1 to 100 letters, digits, dots, dashes and underscores.");
        Ask(service.Environment is null || IsText(service.Environment, 100), "environment", "Name the environment in at most 100 characters, or leave it empty.");
        Ask(
            IsPeriod(service.Period),
            "period",
            "Use 1, 5, 10, 20 or 30 seconds for high-resolution metrics, else a multiple of 60 seconds up to one hour.");

        var metrics = service.Metrics.IsDefault ? [] : service.Metrics;
        Ask(metrics.Any(metric => metric.Role != MetricRole.Operand), "metrics", "Give at least one metric a role.");
        Ask(metrics.Length <= MaxMetrics, "metrics", $"Use at most {MaxMetrics} metrics.");
        for (var i = 0; i < metrics.Length && i < MaxMetrics; i++)
        {
            ValidateMetric(metrics, i, Ask);
        }

        var alarms = service.Alarms.IsDefault ? [] : service.Alarms;
        Ask(alarms.Length <= MaxAlarms, "alarms", $"Show at most {MaxAlarms} alarms.");
        Ask(alarms.All(alarm => IsText(alarm, 255)), "alarms", "An alarm's name has 1 to 255 characters.");
        return found.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The ids of other metrics that an expression computes with, in its order; text in quotes does not count.</summary>
    /// <param name="expression">The expression.</param>
    public static IEnumerable<string> References(string expression) =>
        Token().Matches(expression).Where(token => token.Groups["id"].Success).Select(token => token.Value);

    /// <summary>An expression with the ids in it replaced; text in quotes stays.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="replace">Gives an id's replacement.</param>
    public static string Rewrite(string expression, Func<string, string> replace) =>
        Token().Replace(expression, token => token.Groups["id"].Success ? replace(token.Value) : token.Value);

    private static void ValidateMetric(ImmutableArray<MetricDefinition> metrics, int index, Action<bool, string, string> ask)
    {
        var metric = metrics[index];
        var member = $"metrics[{index}].";
        ask(MetricId().IsMatch(metric.Id ?? ""), member + "id", "Use a lower-case letter, then up to 39 letters, digits and underscores.");
        ask(metrics.Count(other => other.Id == metric.Id) == 1, member + "id", "Another metric has this id.");
        ask(Enum.IsDefined(metric.Role), member + "role", "This role is not known.");
        ask(
            metric.Role == MetricRole.Operand || metrics.Count(other => other.Role == metric.Role) == 1,
            member + "role",
            "Another metric has this role.");
        ask(double.IsFinite(metric.Scale) && metric.Scale > 0, member + "scale", "Multiply by a number over 0.");
        if (metric.Expression is { } expression)
        {
            ask(IsText(expression, 1024), member + "expression", "Write metric math of at most 1024 characters.");
            ask(
                metric.Metric is null && metric.Namespace is null && metric.Statistic is null && metric.Dimensions.IsEmpty,
                member + "expression",
                "An expression has no metric, namespace, statistic or dimensions of its own.");
            var unknown = References(expression).Where(id => id == metric.Id || metrics.All(other => other.Id != id)).Distinct(StringComparer.Ordinal).ToList();
            ask(unknown.Count == 0, member + "expression", $"It refers to {string.Join(", ", unknown)}, which is no other metric of this service.");
            return;
        }

        ask(IsText(metric.Namespace, 255), member + "namespace", "Name the metric's namespace, e.g. AWS/Lambda.");
        ask(IsText(metric.Metric, 255), member + "metric", "Name the metric, e.g. Duration.");
        ask(
            Statistic().IsMatch(metric.Statistic ?? ""),
            member + "statistic",
            "Use Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95 or p99.9.");
        ask(metric.Dimensions.Count <= MaxDimensions, member + "dimensions", $"Use at most {MaxDimensions} dimensions.");
        ask(
            metric.Dimensions.All(dimension => IsText(dimension.Key, 255) && IsText(dimension.Value, 1024)),
            member + "dimensions",
            "A dimension has a name of 1 to 255 and a value of 1 to 1024 characters.");
    }

    private static bool IsPeriod(TimeSpan period) =>
        period.Ticks % TimeSpan.TicksPerSecond == 0
        && (HighResolution.Contains((int)period.TotalSeconds) || (period.TotalSeconds is >= 60 and <= 3600 && period.TotalSeconds % 60 == 0));

    private static bool IsText(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest;

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex ServiceName();

    [GeneratedRegex("^[a-z][A-Za-z0-9_]{0,39}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex MetricId();

    [GeneratedRegex(
        "^(Average|Sum|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)[0-9]{1,2}(\\.[0-9]{1,10})?|p100)$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 100)]
    private static partial Regex Statistic();

    /// <summary>Quoted text, functions and words in capitals, or an id: ids begin with a lower-case letter, functions are written in capitals.</summary>
    [GeneratedRegex("'[^']*'|\"[^\"]*\"|[A-Z][A-Za-z0-9_]*|(?<id>[a-z][A-Za-z0-9_]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Token();
}
