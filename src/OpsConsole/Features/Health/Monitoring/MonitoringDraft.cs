using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Features.Health.Monitoring;

/// <summary>A monitored service as it stands in the form's fields; the rules judge it when it is saved.</summary>
internal sealed class MonitoringDraft
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    public string Service { get; set; } = "";

    public string Environment { get; set; } = "";

    public string Period { get; set; } = "60";

    public string Alarms { get; set; } = "";

    public string Preset { get; set; } = "";

    public List<MetricDraft> Metrics { get; private set; } = [];

    public static MonitoringDraft From(MonitoredService service)
    {
        var draft = new MonitoringDraft
        {
            Service = service.Service,
            Environment = service.Environment ?? "",
            Period = ((int)service.Period.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            Alarms = string.Join(", ", service.Alarms),
            Preset = service.Preset ?? "",
            Metrics = [.. service.Metrics.Select(MetricDraft.From)],
        };
        foreach (var (dimension, value) in service.Metrics.SelectMany(metric => metric.Dimensions))
        {
            draft._fields[dimension] = value;
        }

        return draft;
    }

    public IEnumerable<PresetField> PresetFields(IMonitoring monitoring) =>
        monitoring.Presets.FirstOrDefault(preset => preset.Key == Preset)?.Fields ?? [];

    public string Field(string key) => _fields.GetValueOrDefault(key, "");

    public void SetField(string key, string value) => _fields[key] = value;

    /// <summary>Puts the preset's metrics in place of those that it put there before; metrics by hand stay.</summary>
    public void ApplyPreset(IMonitoring monitoring)
    {
        if (monitoring.Presets.FirstOrDefault(preset => preset.Key == Preset) is not { } chosen)
        {
            return;
        }

        var ready = chosen.Metrics(_fields).Select(MetricDraft.From).ToList();
        var known = monitoring.Presets.SelectMany(preset => preset.Metrics(_fields)).Select(metric => metric.Id).ToHashSet(StringComparer.Ordinal);
        Metrics = [.. ready, .. Metrics.Where(metric => metric.Id.Length > 0 && !known.Contains(metric.Id))];
    }

    public void AddMetric() => Metrics.Add(new());

    public MonitoredService ToService() => new()
    {
        Service = Service.Trim(),
        Environment = Environment.Trim() is { Length: > 0 } environment ? environment : null,
        Preset = Preset.Length == 0 ? null : Preset,
        Period = TimeSpan.FromSeconds(int.TryParse(Period.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, 100_000) : 0),
        Metrics = [.. Metrics.Select(metric => metric.ToDefinition())],
        Alarms = [.. Alarms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)],
    };
}

/// <summary>A metric as it stands in the form's fields.</summary>
public sealed class MetricDraft
{
    public string Id { get; set; } = "";

    public MetricRole Role { get; set; }

    public string Namespace { get; set; } = "";

    public string Metric { get; set; } = "";

    public string Dimensions { get; set; } = "";

    public string Statistic { get; set; } = "";

    public string Expression { get; set; } = "";

    public string Scale { get; set; } = "1";

    public static MetricDraft From(MetricDefinition metric) => new()
    {
        Id = metric.Id,
        Role = metric.Role,
        Namespace = metric.Namespace ?? "",
        Metric = metric.Metric ?? "",
        Dimensions = string.Join(", ", metric.Dimensions.Select(pair => $"{pair.Key}={pair.Value}")),
        Statistic = metric.Statistic ?? "",
        Expression = metric.Expression ?? "",
        Scale = metric.Scale.ToString(CultureInfo.InvariantCulture),
    };

    public MetricDefinition ToDefinition() => new()
    {
        Id = Id.Trim(),
        Role = Role,
        Namespace = Text(Namespace),
        Metric = Text(Metric),
        Dimensions = ReadDimensions(),
        Statistic = Text(Statistic),
        Expression = Text(Expression),
        Scale = double.TryParse(Scale.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) ? scale : 0,
    };

    private ImmutableSortedDictionary<string, string> ReadDimensions()
    {
        var dimensions = MetricDefinition.NoDimensions.ToBuilder();
        foreach (var part in Dimensions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            dimensions[equals < 0 ? part : part[..equals].Trim()] = equals < 0 ? "" : part[(equals + 1)..].Trim();
        }

        return dimensions.ToImmutable();
    }

    private static string? Text(string text) => text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
