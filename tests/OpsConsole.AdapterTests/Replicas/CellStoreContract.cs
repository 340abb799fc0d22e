using System.Text;
using OpsConsole.Core.Replicas;

namespace OpsConsole.AdapterTests.Replicas;

/// <summary>What every cell store must do.</summary>
public abstract class CellStoreContract
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Opens a store; each call opens another one over the same place, as another process would.</summary>
    protected abstract ICellStore Open();

    [Fact]
    public async Task A_written_cell_is_read_back_with_its_version_by_every_replica()
    {
        var (store, other) = (Open(), Open());

        Assert.Null(await store.ReadAsync("leader", Cancelled));
        Assert.True(await WriteAsync(store, "leader", "a", 0));
        Assert.True(await WriteAsync(other, "leader", "b", 1));

        var cell = await store.ReadAsync("leader", Cancelled);
        Assert.Equal(("leader", 2L, "b"), (cell!.Name, cell.Version, Text(cell)));
    }

    [Fact]
    public async Task A_write_that_rests_on_another_version_changes_nothing()
    {
        var store = Open();
        await WriteAsync(store, "leader", "a", 0);
        await WriteAsync(store, "leader", "b", 1);

        Assert.False(await WriteAsync(store, "leader", "c", 0));
        Assert.False(await WriteAsync(store, "leader", "c", 1));
        Assert.False(await WriteAsync(store, "leader", "c", 3));
        Assert.False(await WriteAsync(store, "nothing", "c", 1));

        Assert.Equal("b", Text((await store.ReadAsync("leader", Cancelled))!));
        Assert.Null(await store.ReadAsync("nothing", Cancelled));
    }

    [Fact]
    public async Task A_cell_is_deleted_only_at_the_version_that_was_seen()
    {
        var store = Open();
        await WriteAsync(store, "replica/a", "x", 0);
        await WriteAsync(store, "replica/a", "y", 1);

        Assert.False(await store.DeleteAsync("replica/a", 1, Cancelled));
        Assert.True(await store.DeleteAsync("replica/a", 2, Cancelled));
        Assert.False(await store.DeleteAsync("replica/a", 2, Cancelled));
        Assert.Null(await store.ReadAsync("replica/a", Cancelled));
        Assert.True(await WriteAsync(store, "replica/a", "z", 0));
    }

    [Fact]
    public async Task Cells_are_listed_by_name_and_only_those_below_the_prefix()
    {
        var store = Open();
        foreach (var name in (string[])["slot/b", "slot/a", "slot/ä", "slot", "slots/c", "slot0", "Slot/d", "slot/a/b"])
        {
            await WriteAsync(store, name, name, 0);
        }

        var listed = await store.ListAsync("slot/", Cancelled);

        Assert.Equal(["slot/a", "slot/a/b", "slot/b", "slot/ä"], listed.Select(cell => cell.Name));
        Assert.All(listed, cell => Assert.Equal(cell.Name, Text(cell)));
        Assert.Empty(await store.ListAsync("replica/", Cancelled));
    }

    [Fact]
    public async Task A_cell_holds_any_bytes_up_to_its_limit_and_none()
    {
        var store = Open();
        var most = new byte[ICellStore.MaxContent];
        most.AsSpan().Fill(0xFE);

        Assert.True(await store.WriteAsync("look/0", most, 0, Cancelled));
        Assert.True(await store.WriteAsync("look/1", ReadOnlyMemory<byte>.Empty, 0, Cancelled));

        Assert.Equal(most, (await store.ReadAsync("look/0", Cancelled))!.Content.ToArray());
        Assert.True((await store.ReadAsync("look/1", Cancelled))!.Content.IsEmpty);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.WriteAsync("look/2", new byte[ICellStore.MaxContent + 1], 0, Cancelled).AsTask());
    }

    [Fact]
    public async Task Of_many_who_write_the_same_version_one_wins()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        await WriteAsync(stores[0], "leader", "0", 0);

        for (var version = 1L; version <= 20; version++)
        {
            var expected = version;
            var won = await Task.WhenAll(stores.Select((store, index) => Task.Run(() => WriteAsync(store, "leader", $"{index}", expected))));

            var winner = Assert.Single(won.Index(), outcome => outcome.Item);
            var cell = await stores[3 - winner.Index].ReadAsync("leader", Cancelled);
            Assert.Equal((version + 1, $"{winner.Index}"), (cell!.Version, Text(cell)));
        }
    }

    [Fact]
    public async Task Of_many_who_create_a_cell_one_wins()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        for (var round = 0; round < 10; round++)
        {
            var name = $"slot/{round}";
            var won = await Task.WhenAll(stores.Select((store, index) => Task.Run(() => WriteAsync(store, name, $"{index}", 0))));

            var winner = Assert.Single(won.Index(), outcome => outcome.Item);
            Assert.Equal($"{winner.Index}", Text((await stores[0].ReadAsync(name, Cancelled))!));
        }
    }

    private static async Task<bool> WriteAsync(ICellStore store, string name, string text, long expectedVersion) =>
        await store.WriteAsync(name, Encoding.UTF8.GetBytes(text), expectedVersion, Cancelled);

    private static string Text(Cell cell) => Encoding.UTF8.GetString(cell.Content.Span);
}
