using Amazon.CloudWatch;
using Amazon.DynamoDBv2;
using Amazon.Extensions.NETCore.Setup;
using Amazon.FIS;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.Configuration;

namespace OpsConsole.Aws;

/// <summary>Makes clients from the standard AWS configuration: <c>AWS:*</c>, <c>AWS_*</c>, profiles, roles.</summary>
internal static class AwsClients
{
    private const int Retries = 3;

    /// <summary>The client of DynamoDB, in the adaptive retry mode. Credentials are looked for with the first request, and again until there are some.</summary>
    /// <exception cref="AwsSetupException">The configuration cannot be used, e.g. because it names no region.</exception>
    public static IAmazonDynamoDB Dynamo(IConfiguration configuration, AttemptLog attempts) => Make<IAmazonDynamoDB, AmazonDynamoDBConfig>(
        configuration,
        config => new WatchedDynamo(config, attempts),
        (credentials, config) => new WatchedDynamo(credentials, config, attempts));

    /// <summary>The client of CloudWatch, likewise.</summary>
    /// <exception cref="AwsSetupException">The configuration cannot be used, e.g. because it names no region.</exception>
    public static IAmazonCloudWatch CloudWatch(IConfiguration configuration, AttemptLog attempts, AwsClock clock) => Make<IAmazonCloudWatch, AmazonCloudWatchConfig>(
        configuration,
        config => new WatchedCloudWatch(config, attempts, clock),
        (credentials, config) => new WatchedCloudWatch(credentials, config, attempts, clock));

    /// <summary>The client of the Fault Injection Service, likewise.</summary>
    /// <exception cref="AwsSetupException">The configuration cannot be used, e.g. because it names no region.</exception>
    public static IAmazonFIS Fis(IConfiguration configuration) => Make<IAmazonFIS, AmazonFISConfig>(
        configuration,
        static config => new AmazonFISClient(config),
        static (credentials, config) => new AmazonFISClient(credentials, config));

    /// <summary>The client of Systems Manager, likewise.</summary>
    /// <exception cref="AwsSetupException">The configuration cannot be used, e.g. because it names no region.</exception>
    public static IAmazonSimpleSystemsManagement SystemsManager(IConfiguration configuration) =>
        Make<IAmazonSimpleSystemsManagement, AmazonSimpleSystemsManagementConfig>(
            configuration,
            static config => new AmazonSimpleSystemsManagementClient(config),
            static (credentials, config) => new AmazonSimpleSystemsManagementClient(credentials, config));

    private static TClient Make<TClient, TConfig>(
        IConfiguration configuration, Func<TConfig, TClient> make, Func<AWSCredentials, TConfig, TClient> makeWith)
        where TClient : class, IAmazonService
        where TConfig : class, IClientConfig
    {
        try
        {
            var options = configuration.GetAWSOptions();
            var config = Config<TClient, TConfig>(options);
            return options.SessionRoleArn is null ? make(config) : makeWith(options.GetCredentials(), config);
        }
        catch (AmazonClientException exception) when (exception.Message.Contains("RegionEndpoint", StringComparison.Ordinal))
        {
            throw new AwsSetupException("No AWS region is set. Set AWS_REGION or AWS:Region, e.g. to eu-central-1.", exception);
        }
        catch (Exception exception) when (exception is AmazonClientException or ConfigurationException or ArgumentException)
        {
            throw new AwsSetupException($"The AWS configuration cannot be used: {exception.Message}", exception);
        }
    }

    private static TConfig Config<TClient, TConfig>(AWSOptions options)
        where TClient : class, IAmazonService
        where TConfig : class, IClientConfig
    {
        var standard = new AWSOptions
        {
            // Only the configuration is taken from this client.
            Credentials = new AnonymousAWSCredentials(),
            DefaultConfigurationMode = options.DefaultConfigurationMode,
            Profile = options.Profile,
            ProfilesLocation = options.ProfilesLocation,
            Region = options.Region,
        };
        foreach (var setting in typeof(DefaultClientConfig).GetProperties().Where(static setting => setting.CanWrite))
        {
            setting.SetValue(standard.DefaultClientConfig, setting.GetValue(options.DefaultClientConfig));
        }

        var defaults = standard.DefaultClientConfig;
        defaults.RetryMode ??= RequestRetryMode.Adaptive;
        defaults.MaxErrorRetry ??= Retries;
        if (defaults.ServiceURL is not null && standard.Region is { } region)
        {
            // Beside an address the region would be dropped; whoever names both means it for the signature.
            defaults.AuthenticationRegion ??= region.SystemName;
            standard.Region = null;
        }

        var client = standard.CreateServiceClient<TClient>();
        using var _ = client as IDisposable;
        return (TConfig)client.Config;
    }

    private sealed class WatchedDynamo : AmazonDynamoDBClient
    {
        public WatchedDynamo(AmazonDynamoDBConfig config, AttemptLog attempts)
            : base(config) => Watch(attempts);

        public WatchedDynamo(AWSCredentials credentials, AmazonDynamoDBConfig config, AttemptLog attempts)
            : base(credentials, config) => Watch(attempts);

        private void Watch(AttemptLog attempts) => RuntimePipeline.AddHandlerAfter<RetryHandler>(new AttemptHandler(attempts));
    }

    private sealed class WatchedCloudWatch : AmazonCloudWatchClient
    {
        public WatchedCloudWatch(AmazonCloudWatchConfig config, AttemptLog attempts, AwsClock clock)
            : base(config) => Watch(attempts, clock);

        public WatchedCloudWatch(AWSCredentials credentials, AmazonCloudWatchConfig config, AttemptLog attempts, AwsClock clock)
            : base(credentials, config) => Watch(attempts, clock);

        private void Watch(AttemptLog attempts, AwsClock clock)
        {
            RuntimePipeline.AddHandlerAfter<RetryHandler>(new AttemptHandler(attempts));
            RuntimePipeline.AddHandlerAfter<RetryHandler>(new ClockHandler(clock));
        }
    }
}

/// <summary>What is wrong with the AWS configuration; one sentence that says what to do.</summary>
internal sealed class AwsSetupException(string message, Exception? inner = null) : Exception(message, inner);
