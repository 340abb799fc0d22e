using Microsoft.AspNetCore.Components.Web;

namespace OpsConsole.Ui;

/// <summary>
/// How pages are rendered. Most only look and need no circuit. A page that acts says <c>@rendermode InteractiveServer</c> for the
/// whole page and puts <c>CircuitMark</c> first; only such pages load Blazor's script and MudBlazor's assets.
/// </summary>
internal static class RenderModes
{
    /// <summary>Rendered on the server first and alive over a circuit after it.</summary>
    public static InteractiveServerRenderMode InteractiveServer { get; } = new();
}
