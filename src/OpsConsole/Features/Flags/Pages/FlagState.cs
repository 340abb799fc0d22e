using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Flags;
using OpsConsole.Ui;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>What is requested and what is served, in the same words and colours wherever a flag is shown.</summary>
internal static class FlagState
{
    private static readonly MarkupString Archived = StateBadge.Markup(Tone.Off, "archived");
    private static readonly MarkupString RequestedOn = StateBadge.Markup(Tone.Info, "ON");
    private static readonly MarkupString ServedOn = StateBadge.Markup(Tone.Ok, "ON");
    private static readonly MarkupString Shed = StateBadge.Markup(Tone.Bad, "OFF, shed");
    private static readonly MarkupString Off = StateBadge.Markup(Tone.Off, "OFF");

    public static MarkupString Requested(FlagView view) => view.Flag switch
    {
        { Archived: true } => Archived,
        { Enabled: true } => RequestedOn,
        _ => Off,
    };

    public static MarkupString Served(FlagView view) => view switch
    {
        { Served: true } => ServedOn,
        { Shed: true } => Shed,
        _ => Off,
    };
}
