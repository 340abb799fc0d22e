using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpsConsole.AdapterTests.Aws.Scripted;
using OpsConsole.AdapterTests.Aws.Scripted.Fis;
using OpsConsole.Aws.Experiments;
using OpsConsole.Core;

namespace OpsConsole.AdapterTests.Experiments;

/// <summary>The adapters for FIS against a scripted account in which nothing takes time unless a test says so.</summary>
internal sealed class FisWorld : IAsyncDisposable
{
    private readonly Amazon.FIS.IAmazonFIS _client;

    private FisWorld(ScriptedAws aws, FisOptions options)
    {
        Aws = aws;
        Settings = options;
        _client = aws.CreateFis(config =>
        {
            config.MaxErrorRetry = 1;
            config.MaxStaleConnectionRetries = 0;
        });
        Calls = new FisCalls(_client, Options.Create(options), TimeProvider.System);
        Templates = new FisTemplates(Calls, new FisDryRuns(Calls, Environment, Options.Create(options), TimeProvider.System), Options.Create(options), TimeProvider.System);
        Engine = Open();
        Lever = new FisLever(Calls);
    }

    public static ConsoleEnvironment Environment { get; } = new("test");

    public ScriptedAws Aws { get; }

    public FisOptions Settings { get; }

    public FisCalls Calls { get; }

    public FisEngine Engine { get; }

    public FisTemplates Templates { get; }

    public FisLever Lever { get; }

    public static async Task<FisWorld> StartAsync(FisTimings? timings = null)
    {
        var aws = await ScriptedAws.StartAsync();
        aws.Fis.Timings = timings ?? FisTimings.AtOnce;
        return new(aws, new FisOptions
        {
            Service = "shop",
            ReadEvery = TimeSpan.FromMilliseconds(20),
            TemplatesLast = TimeSpan.FromTicks(1),
            Patience = TimeSpan.FromSeconds(10),
        });
    }

    /// <summary>The engine of a console that knows nothing of what went before.</summary>
    public FisEngine Open(string environment = "test") => new(
        Calls, Templates, new ConsoleEnvironment(environment), Options.Create(Settings), TimeProvider.System, NullLogger<FisEngine>.Instance);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Aws.DisposeAsync();
    }
}
