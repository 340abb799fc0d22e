using MudBlazor;
using MudBlazor.Services;
using OpsConsole.Core.Access;

namespace OpsConsole.Shell.Layout;

/// <summary>The pages' frame: Razor components, MudBlazor, static assets.</summary>
internal static class LayoutFeature
{
    public static void AddLayout(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices(services =>
        {
            // The popover queue otherwise wakes every idle circuit all the time.
            services.PopoverOptions.QueueDelay = TimeSpan.FromSeconds(10);
            services.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomLeft;
            services.SnackbarConfiguration.MaxDisplayedSnackbars = 3;
            services.SnackbarConfiguration.NewestOnTop = true;
            services.SnackbarConfiguration.VisibleStateDuration = 10_000;
            services.SnackbarConfiguration.ShowTransitionDuration = 120;
            services.SnackbarConfiguration.HideTransitionDuration = 120;
            services.SnackbarConfiguration.MaximumOpacity = 100;
        });

        // A published console has its assets beside it; a built one finds them by its manifest, in every environment.
        builder.WebHost.UseStaticWebAssets();
    }

    /// <summary>Pages for people who meet an error; programs get problem details before this is reached.</summary>
    public static void UseLayout(this IApplicationBuilder app)
    {
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
    }

    public static void MapLayout(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(AccessPolicies.View);
    }
}
