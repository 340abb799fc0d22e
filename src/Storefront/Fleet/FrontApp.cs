using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Client;
using Storefront.Dependencies;
using Storefront.Instance;
using Storefront.Traffic;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace Storefront.Fleet;

/// <summary>The address that customers know: balances over the instances, which it starts and keeps alive.</summary>
internal static class FrontApp
{
    public static async Task<WebApplication> BuildAsync(StorefrontSettings settings)
    {
        var (dependencies, addresses) = await DependencyApp.StartAsync(settings.Seed);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(settings.Urls);
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Storefront", LogLevel.Information)
            .AddFilter("Yarp", LogLevel.Error)
            .AddSimpleConsole(console => console.SingleLine = true);
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StorefrontJson.Default));
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new FleetDependencies(DependencyNames.Write(addresses)));
        services.AddSingleton<InstanceFleet>();
        services.AddHostedService(provider => provider.GetRequiredService<InstanceFleet>());
        services.AddSingleton<Customers>();
        services.AddHostedService(provider => provider.GetRequiredService<Customers>());
        if (settings.ExitWithParent)
        {
            services.AddHostedService<ParentWatch>();
        }

        // The balancer asks for it and this front has nothing to protect: no keys are written to disk.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddReverseProxy().LoadFromMemory(Balancer.Routes, [Balancer.Over(new Dictionary<string, DestinationConfig>(StringComparer.Ordinal))]);
        services.Configure<TransportFailureRateHealthPolicyOptions>(policy =>
        {
            policy.DetectionWindowSize = TimeSpan.FromSeconds(5);
            policy.MinimalTotalCountThreshold = 3;
        });
        services.AddOpsConsole(options => settings.Fill(options, "fleet"))
            .AddFaultAgent(options => options.InjectIntoRequests = false)
            .Announce(provider => [.. Fleet(provider).Members.Select(member => member.Name)])
            .OnFault("instance-termination", (provider, fault, life) => Fleet(provider).TerminateAsync(fault, life))
            .OnAction("scale-up-resources", (provider, cancel) => Fleet(provider).ScaleUpAsync(cancel));

        var app = builder.Build();
        app.MapGet("/healthz", Results<Ok<string>, StatusCodeHttpResult> (InstanceFleet fleet) => fleet.IsOpen
            ? TypedResults.Ok("healthy")
            : TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/traffic", (Customers customers) => TypedResults.Json(new TrafficSwitch(customers.Come), StorefrontJson.Default.TrafficSwitch));
        app.MapPost("/traffic", SwitchTraffic);
        app.MapReverseProxy();
        app.Lifetime.ApplicationStopped.Register(() => dependencies.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2)));
        return app;
    }

    private static InstanceFleet Fleet(IServiceProvider services) => services.GetRequiredService<InstanceFleet>();

    private static Results<JsonHttpResult<TrafficSwitch>, StatusCodeHttpResult> SwitchTraffic(
        TrafficSwitch wanted, Customers customers, HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from))
        {
            return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        }

        customers.Come = wanted.Enabled;
        return TypedResults.Json(wanted, StorefrontJson.Default.TrafficSwitch);
    }
}
