using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>Lets experiments of the console reach an application. Nothing is injected that is not ordered, and nothing outlives its lease.</summary>
public static class FaultExtensions
{
    /// <summary>Adds the agent that hears of faults, holds them as leases and tells the console what became of them.</summary>
    /// <param name="builder">From <c>AddOpsConsole</c>.</param>
    /// <param name="configure">Sets limits.</param>
    public static OpsConsoleBuilder AddFaultAgent(this OpsConsoleBuilder builder, Action<FaultAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddInjector(builder.Services);
        builder.Services.TryAddSingleton<FaultActions>();
        builder.Services.TryAddSingleton<FaultReporter>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FaultAgent>());
        if (configure is not null)
        {
            builder.Services.Configure(configure);
        }

        return builder;
    }

    /// <summary>Lets the application itself carry out a kind of fault that the client does not know, e.g. <c>instance-termination</c>.</summary>
    /// <param name="builder">From <c>AddOpsConsole</c>.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="effect">Does it, keeps it up until the token ends, and has undone it when its task ends: only then is the fault reported gone.</param>
    public static OpsConsoleBuilder OnFault(
        this OpsConsoleBuilder builder, string kind, Func<IServiceProvider, FaultEffect, CancellationToken, Task> effect)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddFaultAgent(options => options.Effects[kind] = effect);
    }

    /// <summary>Lets the application carry out an action, e.g. <c>scale-up-resources</c>. Each order is carried out once.</summary>
    /// <param name="builder">From <c>AddOpsConsole</c>.</param>
    /// <param name="name">The action's name.</param>
    /// <param name="action">Does it and says in one sentence what was done; throws if it cannot.</param>
    public static OpsConsoleBuilder OnAction(
        this OpsConsoleBuilder builder, string name, Func<IServiceProvider, CancellationToken, Task<string>> action)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddFaultAgent(options => options.Actions[name] = action);
    }

    /// <summary>For a fleet's agent: names the instances that it can terminate and bring back.</summary>
    /// <param name="builder">From <c>AddOpsConsole</c>.</param>
    /// <param name="instances">Asked before each report.</param>
    public static OpsConsoleBuilder Announce(
        this OpsConsoleBuilder builder, Func<IServiceProvider, IReadOnlyCollection<string>> instances)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddFaultAgent(options => options.Announce = instances);
    }

    /// <summary>
    /// Lets faults reach the calls of an HTTP client. Add it after every other handler, resilience included: the last one stands next
    /// to the network, so that retries, timeouts and circuit breakers feel the fault. Synchronous calls are not touched.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="dependency">The dependency's name in experiments, e.g. <c>pricing</c>.</param>
    public static IHttpClientBuilder AddOpsConsoleFaults(this IHttpClientBuilder builder, string dependency)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddInjector(builder.Services);
        builder.Services.Configure<FaultAgentOptions>(options => options.Dependencies.Add(dependency));
        return builder.AddHttpMessageHandler(services => new FaultHandler(services.GetRequiredService<FaultInjector>(), dependency));
    }

    /// <summary>Lets faults reach the requests that come in. Add it early, before routing.</summary>
    /// <param name="app">The application.</param>
    public static IApplicationBuilder UseOpsConsoleFaults(this IApplicationBuilder app) => app.UseMiddleware<FaultMiddleware>();

    private static void AddInjector(IServiceCollection services)
    {
        services.AddOptions<FaultAgentOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FaultAgentOptions>, FaultAgentOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FaultDice>();
        services.TryAddSingleton<FaultInjector>();
    }
}
