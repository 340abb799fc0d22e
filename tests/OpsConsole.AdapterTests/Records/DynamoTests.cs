using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Core.Records;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Tests of stores that may stand behind a proxy, which does to their requests what the test asks for.</summary>
public abstract class DynamoTests(DynaliteServer server) : IAsyncLifetime
{
    /// <summary>The tables.</summary>
    internal DynamoPlace Place { get; private set; } = null!;

    /// <summary>Stands between a store that was opened at its address and the tables.</summary>
    internal DynamoProxy Proxy { get; private set; } = null!;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Place = await DynamoPlace.CreateAsync(server);
        Proxy = await DynamoProxy.StartAsync(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static async Task<SaveOutcome<Parcel>.Saved> SaveAsync(DynamoStore store, string id, long revision) =>
        Assert.IsType<SaveOutcome<Parcel>.Saved>(await store.Records.SaveAsync(
            Parcel.Kind, id, new Parcel(id, (int)revision), revision, Events.Flip(id, $"{id}{revision + 1}"), Cancelled));
}
