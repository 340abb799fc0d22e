using Microsoft.AspNetCore.Components;
using OpsConsole.Core.Flags;
using OpsConsole.Ui;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>What is requested and what is served, in the same words and colours wherever a flag is shown.</summary>
internal static class FlagState
{
    public static RenderFragment Requested(FlagView view) => view.Flag switch
    {
        { Archived: true } => StateBadge.Of(Tone.Off, "archived"),
        { Enabled: true } => StateBadge.Of(Tone.Info, "ON"),
        _ => StateBadge.Of(Tone.Off, "OFF"),
    };

    public static RenderFragment Served(FlagView view) => view switch
    {
        { Served: true } => StateBadge.Of(Tone.Ok, "ON"),
        { Shed: true } => StateBadge.Of(Tone.Bad, "OFF, shed"),
        _ => StateBadge.Of(Tone.Off, "OFF"),
    };
}
