using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Aws.Experiments;
using OpsConsole.Aws.Flags;
using OpsConsole.Aws.Health;
using OpsConsole.Aws.Keys;
using OpsConsole.Aws.Records;
using OpsConsole.Aws.Replicas;
using OpsConsole.Aws.Tables;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws;

/// <summary>The AWS backend: records and timeline in DynamoDB, health from CloudWatch, experiments in FIS, runbooks and parameters from Systems Manager.</summary>
public static class AwsBackend
{
    /// <summary>The first word of the commands that set AWS up.</summary>
    public const string Command = "aws";

    /// <summary>Adds the ports' adapters.</summary>
    /// <param name="builder">The console.</param>
    public static void AddAwsBackend(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AwsOptions>().BindConfiguration(AwsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AwsOptions>, AwsOptionsValidator>();
        services.AddSingleton<IValidateOptions<AwsOptions>, AwsSetupValidator>();
        services.AddDynamoStores();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(static provider => new ConfigureOptions<KeyManagementOptions>(keys =>
            keys.XmlRepository = ActivatorUtilities.CreateInstance<DynamoKeyRepository>(provider, keys.XmlRepository!)));
        builder.AddCloudWatchHealth();
        builder.AddFisExperiments();
        builder.AddSystemsManager();
    }

    /// <summary>Runs <c>opsconsole aws …</c>.</summary>
    /// <param name="arguments">What follows: <c>init</c> and settings.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> RunCommandAsync(string[] arguments) => AwsCommand.RunAsync(arguments, Console.Out, Console.Error);

    internal static void AddDynamoStores(this IServiceCollection services)
    {
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<AwsOptions>>().Value);
        services.AddSingleton<AttemptLog>();
        services.AddSingleton(static provider => AwsClients.Dynamo(
            provider.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>(), provider.GetRequiredService<AttemptLog>()));
        services.AddSingleton<StoreConditionFeed>();
        services.AddSingleton<StoreTroubles>();
        services.AddSingleton<DynamoCalls>();
        services.AddSingleton<TimelineFeed>();
        services.AddSingleton<TimelineEnd>();
        services.AddSingleton<TimelineItems>();
        services.AddSingleton<TimelinePages>();
        services.AddSingleton<TimelineChain>();
        services.AddSingleton<EventPacker>();
        services.AddSingleton<OutboxMover>();
        services.AddSingleton<FlagRemovals>();
        services.AddSingleton<FlagItems>();
        services.AddSingleton<IRecordStore, DynamoRecordStore>();
        services.AddSingleton<ITimeline, DynamoTimeline>();
        services.AddHostedService<StoreWatch>();
        services.AddSingleton<ICellStore, DynamoCellStore>();
        services.AddSingleton<IReplicaWitness, AbsentWitness>();
    }
}
