using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Embedded.Replicas;

namespace OpsConsole.AdapterTests.Replicas;

public sealed class SqliteCellStoreTests : CellStoreContract, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-cells-").FullName;
    private readonly List<SqliteCellStore> _opened = [];

    [Fact]
    public async Task A_file_that_vanishes_is_an_outage_and_is_used_again_when_it_is_back()
    {
        var store = Open();
        await store.WriteAsync("leader", "a"u8.ToArray(), 0, TestContext.Current.CancellationToken);
        var path = SqliteCellStore.FileIn(_directory).Path;
        File.Move(path, path + ".away");

        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => store.WriteAsync("leader", "b"u8.ToArray(), 1, TestContext.Current.CancellationToken).AsTask());

        File.Move(path + ".away", path);
        Assert.True(await store.WriteAsync("leader", "b"u8.ToArray(), 1, TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _opened.ForEach(store => store.Dispose());
        Directory.Delete(_directory, recursive: true);
    }

    protected override ICellStore Open()
    {
        var store = new SqliteCellStore(SqliteCellStore.FileIn(_directory));
        _opened.Add(store);
        return store;
    }
}
