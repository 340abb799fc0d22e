using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Aws;
using OpsConsole.Aws.Tables;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Tables of its own in dynalite, with stores over them.</summary>
internal sealed class DynamoPlace : IDisposable
{
    private static readonly string Name = "test-" + Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N")[..12];
    private static int _places;

    private readonly string _profiles = Path.GetTempFileName();

    public DynamoPlace(DynaliteServer server)
    {
        Server = server.Address;
        var number = Interlocked.Increment(ref _places);
        Options = new() { FlagsTable = $"{Name}-flags-{number}", RecordsTable = $"{Name}-records-{number}" };
        Profile("AKIATEST", "secret");
        Client = AwsClients.Dynamo(Configuration(Server), new AttemptLog());
    }

    public Uri Server { get; }

    public AwsOptions Options { get; }

    /// <summary>A client for whoever is not the console.</summary>
    public IAmazonDynamoDB Client { get; }

    public static async Task<DynamoPlace> CreateAsync(DynaliteServer server)
    {
        var place = new DynamoPlace(server);
        await new TableSetup(place.Client, TextWriter.Null, TimeProvider.System).RunAsync(TableShape.All(place.Options), CancellationToken.None);
        return place;
    }

    public DynamoStore Open(Uri? address = null, Action<AwsOptions>? with = null, TimeProvider? time = null, params (string Name, string? Value)[] settings)
    {
        var options = new AwsOptions { FlagsTable = Options.FlagsTable, RecordsTable = Options.RecordsTable, StorePatienceSeconds = 30 };
        with?.Invoke(options);
        return new(Configuration(address ?? Server, settings), options, time ?? TimeProvider.System);
    }

    /// <summary>Writes the profile <c>test</c>; the file in which it is.</summary>
    public string Profile(string accessKeyId, string secretAccessKey)
    {
        File.WriteAllText(_profiles, $"[test]\naws_access_key_id = {accessKeyId}\naws_secret_access_key = {secretAccessKey}\n");
        return _profiles;
    }

    public IConfiguration Configuration(Uri address, params (string Name, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["AWS:ServiceURL"] = address.ToString(),
            ["AWS:AuthenticationRegion"] = "eu-central-1",
            ["AWS:Profile"] = "test",
            ["AWS:ProfilesLocation"] = _profiles,
        })
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        .Build();

    /// <summary>The flag's item as an application reads it.</summary>
    public async Task<Dictionary<string, AttributeValue>?> FlagItemAsync(string name) =>
        (await Client.GetItemAsync(new() { TableName = Options.FlagsTable, Key = new() { ["name"] = new(name) }, ConsistentRead = true })).Item;

    public Task WriteFlagAsync(Dictionary<string, AttributeValue> item) => Client.PutItemAsync(Options.FlagsTable, item);

    public void Dispose()
    {
        Client.Dispose();
        File.Delete(_profiles);
    }
}

internal sealed class DynamoStore : IStoreUnderTest
{
    private readonly ServiceProvider _services;

    public DynamoStore(IConfiguration configuration, AwsOptions options, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(configuration);
        services.AddSingleton(time);
        services.AddSingleton<ChangeHints>();
        services.AddDynamoStores();
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        _services = services.BuildServiceProvider();
    }

    public IRecordStore Records => _services.GetRequiredService<IRecordStore>();

    public ITimeline Timeline => _services.GetRequiredService<ITimeline>();

    public TimelineFeed Feed => _services.GetRequiredService<TimelineFeed>();

    public OutboxMover Mover => _services.GetRequiredService<OutboxMover>();

    public ICellStore Cells => _services.GetRequiredService<ICellStore>();

    public StoreCondition Condition => _services.GetRequiredService<StoreConditionFeed>().Current;

    /// <summary>What runs in the console beside the store.</summary>
    public IHostedService Watch => _services.GetRequiredService<IHostedService>();

    /// <summary>Moves everything that was left in items; that takes two looks.</summary>
    public async Task SweepAsync()
    {
        while (Mover.Queued.TryRead(out var seen))
        {
            await Mover.MoveAsync(seen);
        }

        await Mover.SweepAsync(TestContext.Current.CancellationToken);
        await Mover.SweepAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

public sealed class DynamoRecordStoreTests(DynaliteServer server) : RecordStoreContract, IAsyncLifetime
{
    private DynamoPlace? _place;

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _place?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override IStoreUnderTest Open() => _place!.Open();
}

public sealed class DynamoTimelineTests(DynaliteServer server) : TimelineContract, IAsyncLifetime
{
    private DynamoPlace? _place;

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _place?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override IStoreUnderTest Open() => _place!.Open();
}
