using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>A record store over one place; a second one over the same place stands for another process.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IRecordStore Records { get; }

    ITimeline Timeline { get; }
}

/// <summary>What every record store must do.</summary>
public abstract class RecordStoreContract
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Opens a store; each call opens another one over the same place.</summary>
    protected abstract IStoreUnderTest Open();

    [Fact]
    public async Task A_saved_record_is_read_back_with_its_revision()
    {
        await using var store = Open();

        var created = await SaveAsync(store, "a", new Parcel("first", 1), 0);
        var changed = await SaveAsync(store, "a", new Parcel("second", 2), 1);

        Assert.Equal(1, created.Record.Revision);
        Assert.Equal(2, changed.Record.Revision);
        Assert.Equal(new Stored<Parcel>("a", 2, new Parcel("second", 2)), await store.Records.GetAsync(Parcel.Kind, "a", Cancelled));
        Assert.Null(await store.Records.GetAsync(Parcel.OtherKind, "a", Cancelled));
        Assert.Null(await store.Records.GetAsync(Parcel.Kind, "b", Cancelled));
    }

    [Fact]
    public async Task Records_are_listed_by_key_in_ordinal_order_and_only_of_their_kind()
    {
        await using var store = Open();
        string[] ids = ["b", "a", "Z", "é", "\uFF21", "\U0001F600", "a b", "a'; DROP TABLE records; --"];
        foreach (var id in ids)
        {
            await SaveAsync(store, id, new Parcel(id, 0), 0);
        }

        await store.Records.SaveAsync(Parcel.OtherKind, "other", new Parcel("", 0), 0, Events.Flip(), Cancelled);

        var listed = await store.Records.ListAsync(Parcel.Kind, Cancelled);

        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Select(record => record.Id));
    }

    [Fact]
    public async Task A_change_that_rests_on_an_old_revision_writes_neither_record_nor_event()
    {
        await using var store = Open();
        await SaveAsync(store, "a", new Parcel("first", 1), 0);
        await SaveAsync(store, "a", new Parcel("second", 2), 1);

        var outcome = await store.Records.SaveAsync(Parcel.Kind, "a", new Parcel("late", 3), 1, Events.Flip(reason: "late"), Cancelled);

        var conflict = Assert.IsType<SaveOutcome<Parcel>.Conflict>(outcome);
        Assert.Equal(new Stored<Parcel>("a", 2, new Parcel("second", 2)), conflict.Current);
        Assert.DoesNotContain(await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled), entry => entry.Reason == "late");
        Assert.Equal(2, (await store.Records.GetAsync(Parcel.Kind, "a", Cancelled))!.Revision);
    }

    [Fact]
    public async Task What_exists_is_not_created_again_and_what_does_not_exist_is_not_changed()
    {
        await using var store = Open();
        await SaveAsync(store, "a", new Parcel("first", 1), 0);

        var again = await store.Records.SaveAsync(Parcel.Kind, "a", new Parcel("again", 1), 0, Events.Flip(), Cancelled);
        var nothing = await store.Records.SaveAsync(Parcel.Kind, "b", new Parcel("b", 1), 3, Events.Flip(), Cancelled);

        Assert.Equal("first", Assert.IsType<SaveOutcome<Parcel>.Conflict>(again).Current!.Value.Content);
        Assert.Null(Assert.IsType<SaveOutcome<Parcel>.Conflict>(nothing).Current);
    }

    [Fact]
    public async Task A_deleted_record_is_gone_and_its_event_says_so()
    {
        await using var store = Open();
        await SaveAsync(store, "a", new Parcel("first", 1), 0);

        var late = await store.Records.DeleteAsync(Parcel.Kind, "a", 7, Events.Flip(), Cancelled);
        var outcome = await store.Records.DeleteAsync(Parcel.Kind, "a", 1, Events.Flip(reason: "no longer needed"), Cancelled);
        var missing = await store.Records.DeleteAsync(Parcel.Kind, "a", 0, Events.Flip(), Cancelled);

        Assert.IsType<SaveOutcome<Parcel>.Conflict>(late);
        var saved = Assert.IsType<SaveOutcome<Parcel>.Saved>(outcome);
        Assert.Equal("first", saved.Record.Value.Content);
        Assert.Equal("no longer needed", saved.Entry.Reason);
        Assert.IsType<SaveOutcome<Parcel>.Conflict>(missing);
        Assert.Null(await store.Records.GetAsync(Parcel.Kind, "a", Cancelled));
        Assert.Equal(1, (await SaveAsync(store, "a", new Parcel("new", 1), 0)).Record.Revision);
    }

    [Fact]
    public async Task A_change_and_its_event_are_written_together()
    {
        await using var store = Open();

        var saved = await SaveAsync(store, "a", new Parcel("first", 1), 0, reason: "because");

        var entry = Assert.Single(await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled));
        Assert.Equal(saved.Entry.Hash, entry.Hash);
        Assert.Equal("because", entry.Reason);
    }

    [Fact]
    public async Task Two_writers_in_two_processes_never_lose_an_update()
    {
        await using var left = Open();
        await using var right = Open();
        await SaveAsync(left, "a", new Parcel("counter", 0), 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() => IncrementAsync(worker % 2 == 0 ? left : right, 25))));

        var counter = await left.Records.GetAsync(Parcel.Kind, "a", Cancelled);
        Assert.Equal(200, counter!.Value.Count);
        Assert.Equal(201, counter.Revision);
        var chain = await right.Timeline.VerifyAsync(Cancelled);
        Assert.True(chain.Intact, chain.Problem);
        Assert.Equal(201, chain.Entries);
    }

    [Fact]
    public async Task Of_two_who_create_the_same_record_one_wins()
    {
        await using var left = Open();
        await using var right = Open();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(index => Task.Run(() => (index % 2 == 0 ? left : right).Records
            .SaveAsync(Parcel.Kind, "a", new Parcel("mine", index), 0, Events.Flip(), Cancelled).AsTask())));

        Assert.Single(outcomes.OfType<SaveOutcome<Parcel>.Saved>());
        Assert.Single(await left.Timeline.ReadAsync(new TimelineQuery(), Cancelled));
    }

    [Fact]
    public async Task What_was_written_is_there_after_opening_again()
    {
        await using (var store = Open())
        {
            await SaveAsync(store, "a", new Parcel("kept", 1), 0);
        }

        await using var again = Open();

        Assert.Equal("kept", (await again.Records.GetAsync(Parcel.Kind, "a", Cancelled))!.Value.Content);
    }

    [Fact]
    public async Task A_write_that_was_given_up_before_it_began_is_not_done()
    {
        await using var store = Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.Records.SaveAsync(
            Parcel.Kind, "a", new Parcel("never", 1), 0, Events.Flip(), new CancellationToken(canceled: true)));

        Assert.Null(await store.Records.GetAsync(Parcel.Kind, "a", Cancelled));
        Assert.Empty(await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled));
    }

    private protected static async Task<SaveOutcome<Parcel>.Saved> SaveAsync(
        IStoreUnderTest store, string id, Parcel parcel, long revision, string reason = "") =>
        Assert.IsType<SaveOutcome<Parcel>.Saved>(
            await store.Records.SaveAsync(Parcel.Kind, id, parcel, revision, Events.Flip(reason: reason), Cancelled));

    private static async Task IncrementAsync(IStoreUnderTest store, int times)
    {
        for (var done = 0; done < times;)
        {
            var current = (await store.Records.GetAsync(Parcel.Kind, "a", Cancelled))!;
            var outcome = await store.Records.SaveAsync(
                Parcel.Kind, "a", current.Value with { Count = current.Value.Count + 1 }, current.Revision, Events.Flip(), Cancelled);
            done += outcome is SaveOutcome<Parcel>.Saved ? 1 : 0;
        }
    }
}
