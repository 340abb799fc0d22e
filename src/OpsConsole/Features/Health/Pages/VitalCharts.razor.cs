using System.Globalization;
using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health.Pages;

public sealed partial class VitalCharts
{
    private const int MostLimits = 3;

    /// <summary>The service's name.</summary>
    [Parameter, EditorRequired]
    public string Service { get; set; } = "";

    /// <summary>The window in seconds.</summary>
    [Parameter, EditorRequired]
    public int Window { get; set; }

    /// <summary>The lowest limits on a sign, as the chart element reads them: <c>latencyP95:500</c>.</summary>
    private string? Limits(VitalSign sign)
    {
        var flags = Services.GetService<FlagFeed>()?.Current.Flags.Values ?? [];
        var conditions = flags
            .Where(view => !view.Flag.Archived && view.Flag.Conditions?.Service == Service)
            .SelectMany(view => view.Margins)
            .Where(margin => margin.Sign == sign)
            .Select(margin => margin.Limit);
        var safeguards = (Services.GetService<RunFeed>()?.Current.Active ?? [])
            .Where(run => run.Experiment.Service == Service)
            .Select(run => sign switch
            {
                VitalSign.ErrorRate => run.Experiment.Safeguards.MaxErrorRate,
                VitalSign.LatencyP95 => run.Experiment.Safeguards.MaxLatency,
                _ => null,
            })
            .OfType<double>();
        string[] limits =
        [
            .. conditions.Concat(safeguards).Distinct().Order().Take(MostLimits)
                .Select(limit => $"{sign.Info().Key}:{limit.ToString(CultureInfo.InvariantCulture)}"),
        ];
        return limits.Length == 0 ? null : string.Join(',', limits);
    }
}
