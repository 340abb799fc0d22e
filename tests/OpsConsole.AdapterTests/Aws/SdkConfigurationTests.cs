using Amazon;
using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;
using Amazon.FIS;
using Amazon.FIS.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.AdapterTests.Aws.Scripted;

namespace OpsConsole.AdapterTests.Aws;

/// <summary>Where the clients go, and as whom.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class SdkConfigurationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool, bool, string, string> Endpoints => new()
    {
        { "eu-west-1", false, false, "https://fis.eu-west-1.amazonaws.com/", "https://monitoring.eu-west-1.amazonaws.com/" },
        { "eu-west-1", true, false, "https://fis-fips.eu-west-1.amazonaws.com/", "https://monitoring-fips.eu-west-1.amazonaws.com/" },
        { "eu-west-1", false, true, "https://fis.eu-west-1.api.aws/", "https://monitoring.eu-west-1.api.aws/" },
        { "us-east-1", true, true, "https://fis-fips.us-east-1.api.aws/", "https://monitoring-fips.us-east-1.api.aws/" },
        { "us-gov-west-1", true, false, "https://fis.us-gov-west-1.amazonaws.com/", "https://monitoring.us-gov-west-1.amazonaws.com/" },
        { "cn-north-1", false, false, "https://fis.cn-north-1.amazonaws.com.cn/", "https://monitoring.cn-north-1.amazonaws.com.cn/" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void A_region_has_its_endpoints(string region, bool fips, bool dualStack, string fis, string monitoring)
    {
        var endpoint = RegionEndpoint.GetBySystemName(region);
        using var fisClient = new AmazonFISClient("key", "secret", new AmazonFISConfig { RegionEndpoint = endpoint, UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack });
        using var cloudWatch = new AmazonCloudWatchClient(
            "key", "secret", new AmazonCloudWatchConfig { RegionEndpoint = endpoint, UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack });

        Assert.Equal(fis, fisClient.DetermineServiceOperationEndpoint(new GetExperimentRequest()).URL);
        Assert.Equal(monitoring, cloudWatch.DetermineServiceOperationEndpoint(new ListMetricsRequest()).URL);
    }

    [Fact]
    public void A_custom_endpoint_goes_with_neither_FIPS_nor_dual_stack()
    {
        using var fis = new AmazonFISClient("key", "secret", new AmazonFISConfig { ServiceURL = "http://127.0.0.1:1", UseFIPSEndpoint = true });

        Assert.Throws<AmazonClientException>(() => fis.DetermineServiceOperationEndpoint(new GetExperimentRequest()));
    }

    [Fact]
    public async Task One_address_in_the_environment_serves_all_services()
    {
        await using var aws = await ScriptedAws.StartAsync();
        using var environment = new ProcessEnvironment(aws.Environment);
        using var fis = new AmazonFISClient();
        using var cloudWatch = new AmazonCloudWatchClient();

        await fis.ListExperimentsAsync(new(), Token);
        await cloudWatch.ListMetricsAsync(Token);

        Assert.Equal(["fis:ListExperiments", "cloudwatch:ListMetrics"], aws.Calls.Select(call => call.Permission));
    }

    [Fact]
    public async Task An_address_of_a_service_takes_the_place_of_the_one_for_all()
    {
        await using var all = await ScriptedAws.StartAsync();
        await using var ofFis = await ScriptedAws.StartAsync();
        await using var ofCloudWatch = await ScriptedAws.StartAsync();
        using var environment = new ProcessEnvironment(new Dictionary<string, string>(all.Environment)
        {
            ["AWS_ENDPOINT_URL_FIS"] = ofFis.Url.ToString(),
            ["AWS_ENDPOINT_URL_CLOUDWATCH"] = ofCloudWatch.Url.ToString(),
        });
        using var fis = new AmazonFISClient();
        using var cloudWatch = new AmazonCloudWatchClient();

        await fis.ListExperimentsAsync(new(), Token);
        await cloudWatch.ListMetricsAsync(Token);

        Assert.Empty(all.Calls);
        Assert.Equal("fis:ListExperiments", Assert.Single(ofFis.Calls).Permission);
        Assert.Equal("cloudwatch:ListMetrics", Assert.Single(ofCloudWatch.Calls).Permission);
    }

    [Fact]
    public async Task Clients_are_registered_as_services()
    {
        await using var aws = await ScriptedAws.StartAsync();
        var services = new ServiceCollection();
        services.AddDefaultAWSOptions(aws.Options);
        services.AddAWSService<IAmazonFIS>();
        services.AddAWSService<IAmazonCloudWatch>();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IAmazonFIS>().ListExperimentsAsync(new(), Token);
        await provider.GetRequiredService<IAmazonCloudWatch>().ListMetricsAsync(Token);

        Assert.Equal([200, 200], aws.Calls.Select(call => call.Status));
    }

    [Fact]
    public async Task Clients_follow_the_configuration_of_the_application()
    {
        await using var aws = await ScriptedAws.StartAsync();
        using var environment = new ProcessEnvironment(new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = aws.Credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = aws.Credentials.SecretAccessKey,
        });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AWS:ServiceURL"] = aws.Url.ToString(),
            ["AWS:AuthenticationRegion"] = ScriptedAws.Region,
            ["AWS:MaxErrorRetry"] = "1",
        }).Build();
        var services = new ServiceCollection();
        services.AddDefaultAWSOptions(configuration.GetAWSOptions());
        services.AddAWSService<IAmazonFIS>();
        await using var provider = services.BuildServiceProvider();
        aws.Faults.Fail("*", 503, int.MaxValue);

        await Assert.ThrowsAsync<AmazonFISException>(() => provider.GetRequiredService<IAmazonFIS>().ListExperimentsAsync(new(), Token));

        Assert.Equal(2, aws.Calls.Count);
    }

    [Fact]
    public async Task Without_a_region_the_signature_is_for_the_wrong_one()
    {
        await using var aws = await ScriptedAws.StartAsync();
        using var fis = aws.CreateFis(config => config.AuthenticationRegion = "us-east-1");

        var exception = await Assert.ThrowsAsync<AmazonFISException>(() => fis.ListExperimentsAsync(new(), Token));

        Assert.Equal("InvalidSignatureException", exception.ErrorCode);
        Assert.Contains("valid region", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Temporary_credentials_are_sent_with_their_token()
    {
        await using var aws = await ScriptedAws.StartAsync();
        aws.Credentials = new ScriptedCredentials("ASIATEMP", "secret", "token/of=session");
        using var fis = aws.CreateFis();

        await fis.ListExperimentsAsync(new(), Token);

        Assert.Equal("token/of=session", Assert.Single(aws.Calls).Headers["X-Amz-Security-Token"]);
    }

    [Fact]
    public void Collections_are_there_from_the_beginning_when_the_SDK_is_told_so()
    {
        Assert.Null(new StartExperimentRequest().Tags);
        AWSConfigs.InitializeCollections = true;
        try
        {
            Assert.Empty(new StartExperimentRequest().Tags);
            Assert.Empty(new GetMetricDataRequest().MetricDataQueries);
        }
        finally
        {
            AWSConfigs.InitializeCollections = false;
        }
    }
}
