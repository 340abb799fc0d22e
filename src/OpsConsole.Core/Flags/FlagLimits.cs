using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Flags;

/// <summary>One limit of a flag's conditions.</summary>
/// <param name="Sign">The sign that is limited.</param>
/// <param name="Member">The member of <see cref="FlagConditions"/> on the wire.</param>
/// <param name="Most">The highest limit that can be set.</param>
/// <param name="Read">The limit that is set, if any.</param>
internal sealed record FlagLimit(VitalSign Sign, string Member, double Most, Func<FlagConditions, double?> Read);

/// <summary>Which signs a flag's conditions can limit, in the order in which they are shown.</summary>
internal static class FlagLimits
{
    public static ImmutableArray<FlagLimit> All { get; } =
    [
        new(VitalSign.ErrorRate, "maxErrorRate", 100, conditions => conditions.MaxErrorRate),
        new(VitalSign.LatencyP95, "maxLatency", 3_600_000, conditions => conditions.MaxLatency),
        new(VitalSign.CpuUtilization, "maxCpuUtilization", 100, conditions => conditions.MaxCpuUtilization),
        new(VitalSign.ActiveConnections, "maxActiveConnections", 1_000_000_000, conditions => conditions.MaxActiveConnections),
        new(VitalSign.Throughput, "maxThroughput", 1_000_000_000, conditions => conditions.MaxThroughput),
    ];

    /// <summary>Writes a limit with its unit and without needless decimals, e.g. <c>5 %</c>.</summary>
    public static string Format(VitalSign sign, double limit)
    {
        var number = limit.ToString("0.####", CultureInfo.InvariantCulture);
        return sign.Info().Unit is { Length: > 0 } unit ? $"{number} {unit}" : number;
    }

    /// <summary>Writes a value against its limit, e.g. <c>error rate 7.2 % > 5 %</c>, with as many decimals as it takes to see which is more.</summary>
    public static string Compare(ConditionMargin margin)
    {
        var info = margin.Sign.Info();
        if (margin.Value is not { } value)
        {
            return $"{info.Title}: no requests, limit {Format(margin.Sign, margin.Limit)}";
        }

        var decimals = info.Decimals;
        while (margin.Breached && decimals < 6 && Math.Round(value, decimals) <= margin.Limit)
        {
            decimals++;
        }

        return $"{info.Title} {(info with { Decimals = decimals }).Format(value)} {(margin.Breached ? '>' : '≤')} {Format(margin.Sign, margin.Limit)}";
    }
}
