using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Embedded.Faults;

namespace OpsConsole.Embedded;

internal static class LeasedFaults
{
    public static void AddLeasedFaults(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<FaultsOptions>().Bind(builder.Configuration.GetSection(FaultsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FaultsOptions>, FaultsOptionsValidator>();
        services.AddSingleton<DurableEpoch>();
        services.AddSingleton<LeasedFaultEngine>();
        services.AddSingleton<IFaultEngine>(provider => provider.GetRequiredService<LeasedFaultEngine>());
    }

    public static void MapFaultAgents(this WebApplication app) => app.MapAgentEndpoints();
}
