namespace OpsConsole.Features.Health.Pages;

/// <summary>A stretch of time that charts show, up to now.</summary>
internal sealed record ChartWindow(string Name, int Seconds)
{
    public static IReadOnlyList<ChartWindow> All { get; } =
    [
        new("1 min", 60), new("5 min", 300), new("15 min", 900), new("1 h", 3600), new("6 h", 21_600), new("24 h", 86_400),
    ];

    /// <summary>The stretches in which a source that reports so often has something to show: its newest period is over and on its way.</summary>
    /// <param name="period">How often it reports.</param>
    public static IReadOnlyList<ChartWindow> Of(TimeSpan period) => [.. All.Where(window => window.Seconds >= period.TotalSeconds * 5 || window == All[^1])];

    /// <summary>The stretch that was asked for, if it is offered, else five minutes or the shortest beyond.</summary>
    public static ChartWindow Of(int? seconds, TimeSpan period)
    {
        var offered = Of(period);
        return offered.FirstOrDefault(window => window.Seconds == seconds) ?? offered.First(window => window.Seconds >= All[1].Seconds);
    }
}
