using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health.Pages;

public sealed partial class VitalCharts
{
    private const int MostLimits = 3;

    private static readonly (string Heading, VitalSign[] Signs)[] Charts =
    [
        ("Error rate", [VitalSign.ErrorRate]),
        ("Latency", [VitalSign.LatencyP50, VitalSign.LatencyP95, VitalSign.LatencyP99]),
        ("Throughput", [VitalSign.Throughput]),
        ("CPU", [VitalSign.CpuUtilization]),
        ("Connections", [VitalSign.ActiveConnections]),
    ];

    /// <summary>The service's name.</summary>
    [Parameter, EditorRequired]
    public string Service { get; set; } = "";

    /// <summary>The window in seconds.</summary>
    [Parameter, EditorRequired]
    public int Window { get; set; }

    /// <summary>All of them; of a service that is asked for, those for which there are metrics.</summary>
    private IEnumerable<(string Heading, VitalSign[] Signs)> Shown =>
        Monitoring.Status.Services.FirstOrDefault(service => service.Service == Service) is { } asked
            ? Charts.Where(chart => chart.Signs.Any(asked.Tells))
            : Charts;

    private static string Keys(VitalSign[] signs) => string.Join(',', signs.Select(sign => sign.Info().Key));

    /// <summary>The lowest limits on a sign and what they do, as the chart element reads them: <c>latencyP95:500:sheds 2 flags</c>.</summary>
    private string? Limits(VitalSign sign)
    {
        var conditions = (Services.GetService<FlagFeed>()?.Current.Flags.Values ?? [])
            .Where(view => !view.Flag.Archived && view.Flag.Conditions?.Service == Service)
            .SelectMany(view => view.Margins.Where(margin => margin.Sign == sign).Select(margin => (margin.Limit, Flag: (string?)view.Flag.Key)));
        var safeguards = (Services.GetService<RunFeed>()?.Current.Active ?? [])
            .Where(run => run.Experiment.Service == Service)
            .Select(run => sign switch
            {
                VitalSign.ErrorRate => run.Experiment.Safeguards.MaxErrorRate,
                VitalSign.LatencyP95 => run.Experiment.Safeguards.MaxLatency,
                _ => null,
            })
            .OfType<double>()
            .Select(limit => (Limit: limit, Flag: (string?)null));
        string[] limits =
        [
            .. conditions.Concat(safeguards).GroupBy(found => found.Limit, found => found.Flag).OrderBy(found => found.Key).Take(MostLimits)
                .Select(found => string.Create(CultureInfo.InvariantCulture, $"{sign.Info().Key}:{found.Key}:{Does([.. found])}")),
        ];
        return limits.Length == 0 ? null : string.Join(',', limits);
    }

    /// <summary>What happens beyond a limit: flags are shed; <see langword="null"/> stands for the safeguard of a run.</summary>
    private static string Does(string?[] flags)
    {
        string[] shed = [.. flags.OfType<string>()];
        var sheds = shed switch { [] => null, [var only] => $"sheds {only}", _ => $"sheds {shed.Length} flags" };
        var stops = shed.Length < flags.Length ? "stops the run" : null;
        return string.Join(" and ", new[] { sheds, stops }.OfType<string>());
    }
}
