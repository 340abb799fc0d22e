using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Options;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.Otlp;

namespace OpsConsole.Embedded;

/// <summary>Health from the metrics that applications send by OTLP.</summary>
internal sealed class OtlpHealthSource(IOptions<OtlpOptions> options, ConsoleEnvironment environment, TimeProvider time) : IHealthSource
{
    private const int MaxNameLength = 256;

    private readonly Lock _gate = new();
    private readonly OtlpOptions _options = options.Value;
    private readonly SeriesBudget _series = new(options.Value.MaxSeriesInAll, $"There are more than {options.Value.MaxSeriesInAll} series in all.");
    private readonly Dictionary<string, ServiceState> _services = new(StringComparer.Ordinal);
    private readonly ImmutableArray<string> _ignoredRoutes =
        [.. options.Value.IgnoredRoutes.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    public string Name => "OTLP";

    public ValueTask<IReadOnlyList<SourceReading>> ReadAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            Forget(now);
            return ValueTask.FromResult<IReadOnlyList<SourceReading>>(
                [.. _services.Values.Where(service => !service.IsEmpty).Select(service => service.Read(now, _options))]);
        }
    }

    /// <summary>Takes what an application sent.</summary>
    /// <returns>How many points were refused, and why the last of them was.</returns>
    public (long Refused, string? Problem) Take(ExportMetricsServiceRequest request)
    {
        var now = time.GetUtcNow();
        var (refused, problem) = (0L, default(string));
        foreach (var resource in request.ResourceMetrics)
        {
            var points = new OtlpPoints(now, _options.MaxAttributes, _ignoredRoutes);
            points.Take(resource);
            var (more, why) = Take(resource.Resource?.Attributes ?? [], points, now);
            refused += points.Refused + more;
            problem = why ?? points.Problem ?? problem;
        }

        return (refused, problem);
    }

    private (int Refused, string? Problem) Take(RepeatedField<KeyValue> attributes, OtlpPoints points, DateTimeOffset now)
    {
        var all = points.Durations.Count + points.Numbers.Count;
        if (attributes.Count > _options.MaxAttributes)
        {
            return (all, $"A resource has more than {_options.MaxAttributes} attributes.");
        }

        var name = Find(attributes, "service.name");
        var instance = Find(attributes, "service.instance.id") ?? "unnamed";
        var where = Find(attributes, "deployment.environment.name") ?? Find(attributes, "deployment.environment") ?? environment.Name;
        if (name is not { Length: > 0 and <= MaxNameLength } || instance.Length > MaxNameLength || where.Length > MaxNameLength)
        {
            return (all, $"A resource needs a service.name; no name may have more than {MaxNameLength} characters.");
        }

        lock (_gate)
        {
            if (!_services.TryGetValue(name, out var service))
            {
                Forget(now);
                if (points.NewestTime == 0)
                {
                    return (0, null);
                }

                if (_services.Count >= _options.MaxServices)
                {
                    return (all, $"There are more than {_options.MaxServices} services.");
                }

                _services[name] = service = new ServiceState(
                    name, new SeriesBudget(_options.MaxSeries, $"The service has more than {_options.MaxSeries} series.", _series));
            }

            service.Environment = where;
            var (refused, problem) = service.Take(instance, points, now, _options);
            if (refused + points.Refused > 0)
            {
                service.Note(now, refused + points.Refused, problem ?? points.Problem!);
            }

            return (refused, problem);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (name, service) in _services.Where(service => now - service.Value.ArrivedAt > _options.KeepService).ToList())
        {
            _services.Remove(name);
            service.Leave();
        }
    }

    private static string? Find(RepeatedField<KeyValue> attributes, string key) =>
        attributes.FirstOrDefault(attribute => attribute.Key == key) is { } found && OtlpPoints.Text(found.Value) is { Length: > 0 } text ? text : null;
}
