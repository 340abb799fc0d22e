using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Configuration;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Aws;
using OpsConsole.Aws.Tables;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Tables of its own in dynalite.</summary>
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
        // Those that the scripted account takes too: the SDK keeps what it once read of a profile, for every client of the process.
        Profile("AKIDSCRIPTED", "scripted/secret+key");
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
