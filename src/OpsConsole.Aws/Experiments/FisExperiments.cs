using Amazon.FIS;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Experiments.Templates;

namespace OpsConsole.Aws.Experiments;

internal static class FisExperiments
{
    public static void AddFisExperiments(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<FisOptions>().BindConfiguration(FisOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FisOptions>, FisOptionsValidator>();
        if (builder.Configuration.GetValue($"{FisOptions.Section}:{nameof(FisOptions.WriteMetrics)}", defaultValue: true))
        {
            services.AddHostedService<RunMetrics>();
        }

        if (!builder.Configuration.GetValue($"{FisOptions.Section}:{nameof(FisOptions.Enabled)}", defaultValue: true))
        {
            return;
        }

        services.AddSingleton<IAmazonFIS>(static provider => AwsClients.Fis(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<FisCalls>();
        services.AddSingleton<FisDryRuns>();
        services.AddSingleton<IExperimentTemplates, FisTemplates>();
        services.AddSingleton<IFaultEngine, FisEngine>();
        services.AddSingleton<ISecondLever, FisLever>();
    }
}
