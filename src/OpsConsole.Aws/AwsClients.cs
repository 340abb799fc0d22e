using Amazon.DynamoDBv2;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Microsoft.Extensions.Configuration;

namespace OpsConsole.Aws;

/// <summary>Makes clients from the standard AWS configuration: <c>AWS:*</c>, <c>AWS_*</c>, profiles, roles.</summary>
internal static class AwsClients
{
    private const int Retries = 3;

    /// <summary>The client of DynamoDB, in the adaptive retry mode. Credentials are looked for with the first request, and again until there are some.</summary>
    /// <exception cref="AwsSetupException">The configuration cannot be used, e.g. because it names no region.</exception>
    public static IAmazonDynamoDB Dynamo(IConfiguration configuration, AttemptLog attempts)
    {
        try
        {
            var options = configuration.GetAWSOptions();
            var config = Config(options);
            return options.SessionRoleArn is null
                ? new WatchedDynamo(config, attempts)
                : new WatchedDynamo(options.GetCredentials(), config, attempts);
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

    private static AmazonDynamoDBConfig Config(AWSOptions options)
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

        using var client = standard.CreateServiceClient<IAmazonDynamoDB>();
        return (AmazonDynamoDBConfig)client.Config;
    }

    private sealed class WatchedDynamo : AmazonDynamoDBClient
    {
        public WatchedDynamo(AmazonDynamoDBConfig config, AttemptLog attempts)
            : base(config) => Watch(attempts);

        public WatchedDynamo(AWSCredentials credentials, AmazonDynamoDBConfig config, AttemptLog attempts)
            : base(credentials, config) => Watch(attempts);

        private void Watch(AttemptLog attempts) => RuntimePipeline.AddHandlerAfter<RetryHandler>(new AttemptHandler(attempts));
    }
}

/// <summary>What is wrong with the AWS configuration; one sentence that says what to do.</summary>
internal sealed class AwsSetupException(string message, Exception? inner = null) : Exception(message, inner);
