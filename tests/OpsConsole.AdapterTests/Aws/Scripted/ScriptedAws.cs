using Amazon.CloudWatch;
using Amazon.Extensions.NETCore.Setup;
using Amazon.FIS;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsConsole.AdapterTests.Aws.Scripted.CloudWatch;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.AdapterTests.Aws.Scripted.Ssm;
using OpsConsole.AdapterTests.Aws.Scripted.Wire;
using OpsConsole.AdapterTests.Dynalite;

namespace OpsConsole.AdapterTests.Aws.Scripted;

/// <summary>
/// CloudWatch, FIS and Systems Manager of one account and Region over real HTTP, on a free port of 127.0.0.1. It verifies every signature,
/// keeps state, follows the clock that it is given, and fails on demand. Everything in it may be used while calls are going on.
/// </summary>
/// <remarks>
/// Signatures are judged by the machine's own clock, by which the SDK signs; all else by the given <see cref="TimeProvider"/>.
/// </remarks>
internal sealed class ScriptedAws : IAsyncDisposable
{
    /// <summary>The Region; a request that is signed for another is refused.</summary>
    public const string Region = "eu-west-1";

    /// <summary>The account.</summary>
    public const string Account = "123456789012";

    private readonly WebApplication _app;
    private readonly Forwarder? _dynamo;

    private ScriptedAws(WebApplication app, TimeProvider time, Uri? dynamo)
    {
        _app = app;
        _dynamo = dynamo is null ? null : new Forwarder(dynamo);
        Time = time;
        Faults = new Faults(time);
        CloudWatch = new ScriptedCloudWatch(time);
        Fis = new ScriptedFis(time, CloudWatch);
        Ssm = new ScriptedSsm(time);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The clock that experiments, automations, alarms and metrics follow.</summary>
    public TimeProvider Time { get; }

    /// <summary>The credentials that it accepts; another value takes their place from the next call on.</summary>
    public ScriptedCredentials Credentials { get; set; } = new("AKIDSCRIPTED", "scripted/secret+key");

    /// <summary>The Fault Injection Service.</summary>
    public ScriptedFis Fis { get; }

    /// <summary>CloudWatch.</summary>
    public ScriptedCloudWatch CloudWatch { get; }

    /// <summary>Systems Manager.</summary>
    public ScriptedSsm Ssm { get; }

    /// <summary>What shall go wrong.</summary>
    public Faults Faults { get; }

    /// <summary>What was called.</summary>
    public AwsCalls Calls { get; } = new();

    /// <summary>The environment of a process that shall use this server.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_ENDPOINT_URL"] = Url.ToString(),
        ["AWS_REGION"] = Region,
        ["AWS_ACCESS_KEY_ID"] = Credentials.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = Credentials.SecretAccessKey,
    };

    /// <summary>Options for <c>AddAWSService</c>.</summary>
    public AWSOptions Options => new()
    {
        Credentials = SdkCredentials(),
        DefaultClientConfig = { ServiceURL = Url.ToString(), AuthenticationRegion = Region },
    };

    private ScriptedService[] Services => [Fis, CloudWatch, Ssm];

    /// <summary>Starts it.</summary>
    /// <param name="time">The clock of its services; the machine's when null.</param>
    /// <param name="dynamo">The server to which requests of DynamoDB are passed on, so that all of AWS is at one address; null for none.</param>
    public static async Task<ScriptedAws> StartAsync(TimeProvider? time = null, Uri? dynamo = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(options => options.AddServerHeader = false);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var aws = new ScriptedAws(app, time ?? TimeProvider.System, dynamo);
        var door = new FrontDoor(aws, aws.Services);
        app.Run(context => aws._dynamo is { } passed && Forwarder.IsDynamo(context.Request) ? passed.PassOnAsync(context) : door.ServeAsync(context));
        await app.StartAsync();
        aws.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
        return aws;
    }

    /// <summary>A client of FIS that speaks to this server.</summary>
    /// <param name="configure">Changes its configuration.</param>
    public IAmazonFIS CreateFis(Action<AmazonFISConfig>? configure = null) => new AmazonFISClient(SdkCredentials(), Configure(new AmazonFISConfig(), configure));

    /// <summary>A client of CloudWatch that speaks to this server.</summary>
    /// <param name="configure">Changes its configuration.</param>
    public IAmazonCloudWatch CreateCloudWatch(Action<AmazonCloudWatchConfig>? configure = null) =>
        new AmazonCloudWatchClient(SdkCredentials(), Configure(new AmazonCloudWatchConfig(), configure));

    /// <summary>A client of Systems Manager that speaks to this server.</summary>
    /// <param name="configure">Changes its configuration.</param>
    public IAmazonSimpleSystemsManagement CreateSsm(Action<AmazonSimpleSystemsManagementConfig>? configure = null) =>
        new AmazonSimpleSystemsManagementClient(SdkCredentials(), Configure(new AmazonSimpleSystemsManagementConfig(), configure));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _dynamo?.Dispose();
    }

    private T Configure<T>(T config, Action<T>? configure)
        where T : ClientConfig
    {
        config.ServiceURL = Url.ToString();
        config.AuthenticationRegion = Region;
        configure?.Invoke(config);
        return config;
    }

    private AWSCredentials SdkCredentials() => Credentials.SessionToken is { } token
        ? new SessionAWSCredentials(Credentials.AccessKeyId, Credentials.SecretAccessKey, token)
        : new BasicAWSCredentials(Credentials.AccessKeyId, Credentials.SecretAccessKey);
}
