using Amazon.SimpleSystemsManagement;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpsConsole.Aws.Parameters;
using OpsConsole.Aws.Runbooks;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Aws;

/// <summary>What Systems Manager gives: runbooks from Automation, parameters from Parameter Store.</summary>
internal static class SystemsManager
{
    public static void AddSystemsManager(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AutomationOptions>().BindConfiguration(AutomationOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AutomationOptions>, AutomationOptionsValidator>();
        services.AddSingleton<ConfiguredRunbooks>();
        services.AddSingleton<IValidateOptions<AutomationOptions>>(static provider => provider.GetRequiredService<ConfiguredRunbooks>());
        services.AddOptions<ParameterStoreOptions>().BindConfiguration(ParameterStoreOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ParameterStoreOptions>, ParameterStoreOptionsValidator>();
        services.AddSingleton<IAmazonSimpleSystemsManagement>(
            static provider => AwsClients.SystemsManager(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton<ParameterFeed>();
        services.AddSingleton<IRunbookEngine, AutomationRunbooks>();
        services.AddHostedService<ParameterStore>();
    }
}
