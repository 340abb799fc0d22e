using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;

namespace OpsConsole.Shell.Layout;

public sealed partial class App
{
    [CascadingParameter]
    private HttpContext? Context { get; set; }

    private string Theme => Context?.Request.Cookies["opsconsole-theme"] == "light" ? "light" : "dark";

    /// <summary>A page that only looks loads neither Blazor's script nor MudBlazor, and holds no memory on the server.</summary>
    private bool NeedsCircuit =>
        Context?.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type.GetCustomAttribute<RenderModeAttribute>() is not null;
}
