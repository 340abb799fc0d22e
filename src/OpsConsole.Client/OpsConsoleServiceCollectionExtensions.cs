using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OpsConsole.Client;

/// <summary>Lets an application be operated from the console.</summary>
public static class OpsConsoleServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IFlags"/>. The application starts and runs whether or not the console answers.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Says where the console is and who the application is.</param>
    /// <returns>What adds further parts.</returns>
    public static OpsConsoleBuilder AddOpsConsole(this IServiceCollection services, Action<OpsConsoleOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<OpsConsoleOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OpsConsoleOptions>, OpsConsoleOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ConsoleConnection>();
        services.TryAddSingleton<FlagStore>();
        services.TryAddSingleton<IFlags>(provider => provider.GetRequiredService<FlagStore>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FlagFollower>());
        return new OpsConsoleBuilder(services);
    }
}
