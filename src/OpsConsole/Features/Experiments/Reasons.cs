namespace OpsConsole.Features.Experiments;

/// <summary>The reasons that people type.</summary>
internal static class Reasons
{
    public const int Longest = 500;

    /// <summary>A reason that fits. A halt is never refused for its words.</summary>
    public static string Cut(string? reason)
    {
        var trimmed = reason?.Trim() ?? "";
        return trimmed.Length <= Longest ? trimmed : trimmed[..Longest];
    }
}
