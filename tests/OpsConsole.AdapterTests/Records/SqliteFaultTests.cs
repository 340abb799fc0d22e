using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.Records;

namespace OpsConsole.AdapterTests.Records;

/// <summary>What the disk, other processes and meddlers do to the file.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private readonly SqlitePlace _place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_full_disk_refuses_the_change_and_its_event_and_the_store_recovers_by_itself()
    {
        var pages = long.MaxValue;
        await using var store = _place.Open(file => file with { MaxPages = () => pages });
        await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        pages = 1;
        await Database(connection => connection.Run("PRAGMA wal_checkpoint(TRUNCATE)"));
        await RestartAsync(store);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.SaveAsync(
            Parcel.Kind, "a", new Parcel(new string('x', 100_000), 1), 0, Events.Flip(), Cancelled));
        pages = long.MaxValue;
        var saved = await store.Records.SaveAsync(Parcel.Kind, "a", new Parcel("x", 1), 0, Events.Flip(), Cancelled);

        Assert.Contains("is full. Free space", refused.Message, StringComparison.Ordinal);
        Assert.IsType<SaveOutcome<Parcel>.Saved>(saved);
        Assert.Equal(2, (await store.Timeline.VerifyAsync(Cancelled)).Entries);
    }

    [Fact]
    public async Task A_file_that_is_locked_for_long_is_an_outage_that_ends_with_the_lock()
    {
        await using var store = _place.Open(file => file with { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        using (var other = _place.File.Open())
        {
            other.Run("BEGIN IMMEDIATE");

            var refused = await Assert.ThrowsAsync<StoreUnavailableException>(
                async () => await store.Timeline.AppendAsync(Events.Flip(reason: "refused"), Cancelled));

            Assert.Contains("locked", refused.Message, StringComparison.Ordinal);
            Assert.Single(await store.Timeline.ReadAsync(new(), Cancelled));
        }

        Assert.Equal(2, (await store.Timeline.AppendAsync(Events.Flip(), Cancelled)).Sequence);
    }

    [Fact]
    public async Task A_file_that_vanishes_is_an_outage_and_never_a_new_history()
    {
        await using var store = _place.Open();
        await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        await Database(connection => connection.Run("PRAGMA wal_checkpoint(TRUNCATE)"));
        File.Move(_place.File.Path, _place.File.Path + ".away");

        var write = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
        var read = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.ReadAsync(new(), Cancelled));
        File.Move(_place.File.Path + ".away", _place.File.Path);

        Assert.Contains("vanished", write.Message, StringComparison.Ordinal);
        Assert.Contains("vanished", read.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await store.Timeline.AppendAsync(Events.Flip(), Cancelled)).Sequence);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_yet_is_an_outage_that_ends_when_it_is()
    {
        var directory = Path.Combine(_place.Directory, "later");
        await using var store = new SqliteStore(RecordSchema.In(directory));

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
        Directory.CreateDirectory(directory);

        Assert.Contains("cannot be opened", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await store.Timeline.AppendAsync(Events.Flip(), Cancelled)).Sequence);
    }

    [Fact]
    public async Task A_damaged_file_says_what_to_do()
    {
        await File.WriteAllTextAsync(_place.File.Path, new string('?', 8192), Cancelled);
        await using var store = _place.Open();

        var write = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
        var read = await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.Records.ListAsync(Parcel.Kind, Cancelled));

        Assert.Contains("is damaged", write.Message, StringComparison.Ordinal);
        Assert.Contains("backup", read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        await Database(connection => connection.Run("PRAGMA user_version = 99"));
        await using var store = _place.Open();

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));

        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_schema_goes_forward_and_keeps_what_it_holds()
    {
        await using (var store = _place.Open())
        {
            await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        }

        var next = new SqliteFile(_place.File.Path, [.. RecordSchema.Migrations, "ALTER TABLE records ADD COLUMN note TEXT"]);
        await using var newer = new SqliteStore(next);

        Assert.Equal(2, (await newer.Timeline.AppendAsync(Events.Flip(), Cancelled)).Sequence);
        await Database(connection => Assert.Equal(2, connection.Number("PRAGMA user_version")), next);
    }

    [Theory]
    [InlineData("UPDATE timeline SET reason = 'never happened' WHERE sequence = 3", 3, "was changed")]
    [InlineData("UPDATE timeline SET at = at + 1 WHERE sequence = 3", 3, "was changed")]
    [InlineData("UPDATE timeline SET data = '{\"a\":\"b\"}' WHERE sequence = 3", 3, "was changed")]
    [InlineData("UPDATE timeline SET data = 'nonsense' WHERE sequence = 3", 3, "cannot be read")]
    [InlineData("UPDATE timeline SET data = '{\"a\":null}' WHERE sequence = 3", 3, "cannot be read")]
    [InlineData("UPDATE timeline SET at = 9223372036854775807 WHERE sequence = 3", 3, "cannot be read")]
    [InlineData("DELETE FROM timeline WHERE sequence = 3", 3, "is missing")]
    [InlineData("DELETE FROM timeline WHERE sequence IN (3, 4)", 3, "Entries 3 to 4 are missing")]
    [InlineData("UPDATE timeline SET hash = zeroblob(32) WHERE sequence = 3", 3, "was changed")]
    [InlineData("UPDATE timeline SET previous_hash = zeroblob(32) WHERE sequence = 3", 3, "does not follow")]
    [InlineData("DELETE FROM timeline WHERE sequence > 4", 5, "its end was cut off")]
    [InlineData("DELETE FROM timeline", 1, "its end was cut off")]
    public async Task A_chain_that_was_tampered_with_names_its_first_broken_entry(string tampering, long firstBroken, string problem)
    {
        await using var store = _place.Open();
        for (var index = 0; index < 6; index++)
        {
            await store.Timeline.AppendAsync(Events.Flip(reason: "number " + index), Cancelled);
        }

        await Database(connection => connection.Run(tampering));

        var chain = await store.Timeline.VerifyAsync(Cancelled);
        Assert.False(chain.Intact);
        Assert.Equal(firstBroken, chain.FirstBroken);
        Assert.Contains(problem, chain.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_taken_from_under_a_running_store_holds_everything_that_was_promised()
    {
        await using var store = _place.Open();
        for (var index = 0; index < 50; index++)
        {
            await store.Records.SaveAsync(Parcel.Kind, "p" + index, new Parcel("x", index), 0, Events.Flip(), Cancelled);
        }

        var copy = Directory.CreateTempSubdirectory("opsconsole-copy-").FullName;
        foreach (var file in new[] { "", "-wal" })
        {
            File.Copy(_place.File.Path + file, Path.Combine(copy, RecordSchema.FileName + file));
        }

        // A line of the log that the crash has cut off.
        await using (var log = new FileStream(Path.Combine(copy, RecordSchema.FileName + "-wal"), FileMode.Append))
        {
            await log.WriteAsync(new byte[1000], Cancelled);
        }

        await using (var again = new SqliteStore(RecordSchema.In(copy)))
        {
            Assert.Equal(50, (await again.Records.ListAsync(Parcel.Kind, Cancelled)).Count);
            Assert.Equal(new ChainVerification(true, 50, null, null), await again.Timeline.VerifyAsync(Cancelled));
        }

        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task The_feed_has_what_was_written_here_when_the_write_returns()
    {
        await using var store = _place.Open();
        for (var index = 1; index <= 210; index++)
        {
            await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
            Assert.Equal(index, store.Feed.Current.Sequence);
        }

        Assert.Equal(Enumerable.Range(11, 200).Select(number => (long)number), store.Feed.Current.Recent.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task The_feed_learns_within_a_second_what_another_process_wrote()
    {
        await using var here = _place.Open();
        await using var there = _place.Open();
        var time = new FakeTimeProvider();
        using var watch = new TimelineWatch(here.Database, here.Publisher, new ChangeHints(), time, NullLogger<TimelineWatch>.Instance);
        await watch.StartAsync(Cancelled);

        await there.Timeline.AppendAsync(Events.Flip(reason: "from there"), Cancelled);
        Assert.Equal(0, here.Feed.Current.Sequence);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var seen = Task.Run(
            async () =>
            {
                await foreach (var head in here.Feed.WatchAsync(patience.Token))
                {
                    if (head.Sequence == 1)
                    {
                        return head;
                    }
                }

                return null;
            },
            Cancelled);
        do
        {
            // The watch may not have its timer yet.
            time.Advance(TimeSpan.FromSeconds(1));
        }
        while (await Task.WhenAny(seen, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled)) != seen);

        Assert.Equal("from there", (await seen)!.Recent[^1].Reason);
        await there.Timeline.AppendAsync(Events.Flip(reason: "second from there"), Cancelled);
        await here.Timeline.AppendAsync(Events.Flip(reason: "from here"), Cancelled);
        Assert.Equal(["from there", "second from there", "from here"], here.Feed.Current.Recent.Select(entry => entry.Reason));
        await watch.StopAsync(Cancelled);
    }

    private async Task RestartAsync(SqliteStore store)
    {
        // Another process's lock makes the store close its connections and open them anew.
        using var other = _place.File.Open();
        other.Run("BEGIN IMMEDIATE");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
    }

    private Task Database(Action<SqliteConnection> work, SqliteFile? file = null)
    {
        using var connection = (file ?? _place.File).Open();
        work(connection);
        return Task.CompletedTask;
    }
}
