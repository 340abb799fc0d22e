using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;

namespace OpsConsole.Shell.Layout;

public sealed partial class HeaderBar
{
    [CascadingParameter]
    private HttpContext? Context { get; set; }

    private int FlagsShed => Services.GetService<FlagFeed>()?.Current.Flags.Values.Count(flag => flag.Shed) ?? 0;

    private int ActiveRuns => Services.GetService<RunFeed>()?.Current.Active.Count ?? 0;

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    private string? Current(params ReadOnlySpan<string> roots)
    {
        var path = Context?.Request.Path ?? default;
        foreach (var root in roots)
        {
            if (root == "/" ? path == "/" : path.StartsWithSegments(root, StringComparison.Ordinal))
            {
                return "page";
            }
        }

        return null;
    }
}
