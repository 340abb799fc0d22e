namespace OpsConsole.Core.Health;

/// <summary>When a figure is late and when it is stale, in multiples of the period in which its source reports.</summary>
/// <param name="LateAfterPeriods">Older than this many periods is late.</param>
/// <param name="StaleAfterPeriods">Older than this many periods is stale. With a period of one second and one look a second, a
/// source that freezes is shown stale within three seconds.</param>
public sealed record FreshnessPolicy(double LateAfterPeriods = 1.5, double StaleAfterPeriods = 2.0)
{
    /// <summary>Judges an age.</summary>
    /// <param name="age">Time since the newest evidence.</param>
    /// <param name="period">Time between two reports of the source.</param>
    public Freshness Judge(TimeSpan age, TimeSpan period) =>
        age > period * StaleAfterPeriods ? Freshness.Stale
        : age > period * LateAfterPeriods ? Freshness.Late
        : Freshness.Fresh;
}
