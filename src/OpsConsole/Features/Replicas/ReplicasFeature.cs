using Microsoft.Extensions.Options;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Replicas;

/// <summary>What the host adds so that more than one replica behaves as one. It comes before every feature that asks who leads.</summary>
internal static class ReplicasFeature
{
    public static void AddReplicas(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ReplicasOptions>().BindConfiguration(ReplicasOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ReplicasOptions>, ReplicasOptionsValidator>();
        services.AddSingleton(static provider => ReplicaIdentity.Create(
            provider.GetRequiredService<IOptions<ReplicasOptions>>().Value.Name, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static provider => new Leadership(
            provider.GetRequiredService<ICellStore>(),
            provider.GetRequiredService<IReplicaWitness>(),
            provider.GetRequiredService<ReplicaIdentity>(),
            provider.GetRequiredService<IOptions<ReplicasOptions>>().Value.Lease,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ReplicaFeed>();
        services.AddSingleton<ChangeHints>();
        services.AddSingleton<ReplicaAddress>();
        services.AddHosted<LeaseKeeper>();
        services.AddHosted<ReplicaBoard>();
        services.AddSingleton<ReplicaDesk>();

        services.AddSingleton<LeaderHttp>();
        services.AddHosted<LeaderWatch>();
        services.AddSingleton<ILeaderLine, LeaderLine>();
        services.AddHttpForwarder();
        services.AddSingleton<LeaderForwarding>();

        services.AddSingleton<LookCells>();
        services.AddHosted<LookTeller>();
        services.AddHosted<LookListener>();
        if (builder.Configuration["OpsConsole:Redis"] is { Length: > 0 } connection)
        {
            services.AddRedis(connection);
        }
    }

    public static void UseReplicas(this WebApplication app) =>
        app.Use(next => context => context.RequestServices.GetRequiredService<LeaderForwarding>().InvokeAsync(context, next));

    private static void AddRedis(this IServiceCollection services, string connection)
    {
        services.AddSingleton<IValidateOptions<ReplicasOptions>>(new ValidateOptions<ReplicasOptions>(
            name: null,
            _ => RedisConnection.TryParse(connection, out var _),
            $"OpsConsole:Redis is no connection string of StackExchange.Redis, e.g. redis.internal:6379,password=…"));
        services.AddSingleton(_ => RedisConnection.TryParse(connection, out var settings)
            ? settings
            : throw new InvalidOperationException("The setting was to be validated at the start."));
        services.AddHosted<RedisConnection>();
        services.AddHosted<RedisHints>();
        services.Wrap<IRecordStore>((store, provider) => new AnnouncedRecordStore(store, provider.GetRequiredService<RedisHints>()));
        services.Wrap<ITimeline>((timeline, provider) => new AnnouncedTimeline(timeline, provider.GetRequiredService<RedisHints>()));
    }

    /// <summary>Puts something around what the backend has added.</summary>
    private static void Wrap<T>(this IServiceCollection services, Func<T, IServiceProvider, T> around)
        where T : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => around(
            (T)(inner.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!)), provider));
    }

    private static void AddHosted<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
