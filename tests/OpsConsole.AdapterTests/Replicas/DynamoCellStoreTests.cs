using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.AdapterTests.Records;
using OpsConsole.Core.Replicas;

namespace OpsConsole.AdapterTests.Replicas;

public sealed class DynamoCellStoreTests(DynaliteServer server) : CellStoreContract, IAsyncLifetime
{
    private readonly List<DynamoStore> _opened = [];
    private DynamoPlace? _place;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_known_to_be_written()
    {
        await using var proxy = await DynamoProxy.StartAsync(server.Address);
        var store = Open(proxy.Address);
        Assert.True(await store.WriteAsync("leader", "a"u8.ToArray(), 0, Cancelled));
        var lost = 0;
        proxy.Decide = request => request.Operation == "UpdateItem" && lost++ == 0 ? Fate.LostAnswer : Fate.Usual;

        Assert.True(await store.WriteAsync("leader", "b"u8.ToArray(), 1, Cancelled));

        Assert.True(lost > 1);
        Assert.Equal(2, (await Open().ReadAsync("leader", Cancelled))!.Version);
    }

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }

        _place?.Dispose();
    }

    protected override ICellStore Open() => Open(server.Address);

    private ICellStore Open(Uri address)
    {
        var store = _place!.Open(address);
        _opened.Add(store);
        return store.Cells;
    }
}
