using Amazon.CloudWatch;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Health;
using OpsConsole.Core.Health.Monitoring;

namespace OpsConsole.Aws.Health;

internal static class CloudWatchHealth
{
    public static void AddCloudWatchHealth(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<CloudWatchOptions>().BindConfiguration(CloudWatchOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CloudWatchOptions>, CloudWatchOptionsValidator>();
        services.AddSingleton<IValidateOptions<CloudWatchOptions>, ConfiguredServices>();
        services.AddSingleton<AwsClock>(static _ => new AwsClock());
        services.AddSingleton<IAmazonCloudWatch>(static provider => AwsClients.CloudWatch(
            provider.GetRequiredService<IConfiguration>(), provider.GetRequiredService<AttemptLog>(), provider.GetRequiredService<AwsClock>()));
        services.AddSingleton<CloudWatchCalls>();
        services.AddSingleton<MonitoredServices>();
        services.AddSingleton<CloudWatchPoll>();
        services.AddSingleton<IHealthSource, CloudWatchHealthSource>();
        services.AddSingleton<IMonitoring, CloudWatchMonitoring>();
    }
}
