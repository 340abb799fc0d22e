using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Storefront;

/// <summary>What the host adds for this feature.</summary>
internal static class StorefrontFeature
{
    public static void AddStorefront(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorefrontOptions>().BindConfiguration(StorefrontOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StorefrontOptions>, StorefrontOptionsValidator>();
        builder.Services.AddHostedService<StorefrontLauncher>();
    }
}
