using System.Collections.Immutable;
using OpsConsole.Core.Health;

namespace OpsConsole.Core.Experiments;

/// <summary>How far a sign is from its safeguard.</summary>
/// <param name="Sign">Which sign.</param>
/// <param name="Limit">The safeguard, in the sign's unit.</param>
/// <param name="Value">The value now; <see langword="null"/> without evidence.</param>
public sealed record SafeguardMargin(VitalSign Sign, double Limit, double? Value)
{
    /// <summary>Whether the value is strictly over the limit. No evidence is not over; it ends a run in another way.</summary>
    public bool Tripped => Value > Limit;

    /// <summary>The margin in words, e.g. <c>error rate 7.2 % > 5.0 %</c>.</summary>
    public override string ToString() =>
        $"{Sign.Info().Title} {Sign.Info().Format(Value)} {(Tripped ? ">" : "≤")} {Sign.Info().Format(Limit)}";
}

/// <summary>Holds a sample against the safeguards. A limit acts on one sample.</summary>
public static class SafeguardJudge
{
    /// <summary>One margin for each limit that is set.</summary>
    /// <param name="safeguards">The limits.</param>
    /// <param name="signs">The signs of the sample.</param>
    public static ImmutableArray<SafeguardMargin> Margins(Safeguards safeguards, VitalSigns signs)
    {
        var margins = ImmutableArray.CreateBuilder<SafeguardMargin>(2);
        if (safeguards.MaxErrorRate is { } maxErrorRate)
        {
            margins.Add(new(VitalSign.ErrorRate, maxErrorRate, signs.ErrorRate));
        }

        if (safeguards.MaxLatency is { } maxLatency)
        {
            margins.Add(new(VitalSign.LatencyP95, maxLatency, signs.LatencyP95));
        }

        return margins.ToImmutable();
    }

    /// <summary>The first safeguard that the sample trips, or <see langword="null"/>.</summary>
    /// <param name="safeguards">The limits.</param>
    /// <param name="signs">The signs of the sample.</param>
    public static SafeguardMargin? Tripped(Safeguards safeguards, VitalSigns signs) =>
        Margins(safeguards, signs).FirstOrDefault(margin => margin.Tripped);
}
