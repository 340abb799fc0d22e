using System.Text.Json.Serialization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Health.Monitoring;

namespace OpsConsole.Features.Health;

/// <summary>What the host adds for this feature.</summary>
internal static class HealthFeature
{
    public static void AddHealth(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<HealthFeed>();
        services.AddSingleton<LookExchange>();
        services.AddSingleton<FreshnessPolicy>();
        services.AddSingleton<HealthJudge>();
        services.AddHosted<EvidenceWatch>();
        services.AddHosted<HealthMonitor>();
        services.AddHealthHub();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, MonitoringApiJson.Default);
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter<MetricRole>(allowIntegerValues: false));
        });
        services.TryAddSingleton<IMonitoring, NothingMonitored>();
        services.AddSingleton<MonitoringDesk>();
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthApi();
        app.MapHealthProbes();
        app.MapMonitoring();
        app.MapHealthHub().RequireAuthorization(AccessPolicies.View);
    }

    /// <summary>The hub alone; what it shows comes from the feeds.</summary>
    public static void AddHealthHub(this IServiceCollection services)
    {
        // Where the features that publish these are left out, nothing ever happens in them.
        services.TryAddSingleton<FlagFeed>();
        services.TryAddSingleton<RunFeed>();
        services.TryAddSingleton<TimelineFeed>();
        services.TryAddSingleton<StoreConditionFeed>();
        services.AddSingleton<FrameRing>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<ViewerFanout>();
        services.AddHosted<HubPump>();
        services.AddSignalR()
            .AddJsonProtocol(json => json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, HubJson.Default))
            .AddMessagePackProtocol(pack => pack.SerializerOptions = HubMessagePack.Options);
        services.AddSingleton<HubLifetimeManager<HealthHub>>(provider => provider.GetRequiredService<ViewerFanout>());
    }

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
