using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Features.Flags.Gates;
using OpsConsole.Features.Flags.Ofrep;
using OpsConsole.Features.Flags.Pages;

namespace OpsConsole.Features.Flags;

/// <summary>What the host adds for this feature.</summary>
internal static class FlagsFeature
{
    public static void AddFlags(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<FlagsOptions>().BindConfiguration(FlagsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FlagsOptions>, FlagsOptionsValidator>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, FlagApiJson.Default));
        services.TryAddSingleton<HealthFeed>();
        services.AddSingleton<FlagFeed>();
        services.AddSingleton<FlagCatalog>();
        services.AddSingleton<FlagDecider>();
        services.AddSingleton<ShedLog>();
        services.AddSingleton<FlagGates>();
        services.AddSingleton<FlagService>();
        services.AddSingleton<IFlagSwitch>(provider => provider.GetRequiredService<FlagService>());
        services.AddScoped<FlagDesk>();
        services.AddScoped<FlagFlips>();
        services.AddSingleton<StreamTokens>();
        services.AddCors();
        services.AddTransient<IStartupFilter, OfrepCors>();
        services.AddHostedService(provider => provider.GetRequiredService<FlagGates>());
        services.AddHostedService<PendingOffWriter>();
        if (builder.Configuration.GetValue<bool>(StorefrontFlags.Setting))
        {
            services.AddHostedService<StorefrontFlags>();
        }
    }

    public static void MapFlags(this WebApplication app)
    {
        app.MapFlagEndpoints();
        app.MapOfrep();
    }
}
