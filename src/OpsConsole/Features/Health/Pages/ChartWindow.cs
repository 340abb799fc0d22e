namespace OpsConsole.Features.Health.Pages;

/// <summary>A stretch of time that charts show, up to now.</summary>
internal sealed record ChartWindow(string Name, int Seconds)
{
    public static IReadOnlyList<ChartWindow> All { get; } =
    [
        new("1 min", 60), new("5 min", 300), new("15 min", 900), new("1 h", 3600), new("6 h", 21_600), new("24 h", 86_400),
    ];

    public static ChartWindow Of(int? seconds) => All.FirstOrDefault(window => window.Seconds == seconds) ?? All[1];
}
