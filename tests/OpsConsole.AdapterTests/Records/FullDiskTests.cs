using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.History;
using OpsConsole.Embedded.Records;
using OpsConsole.Features.Timeline.Journal;
using OpsConsole.Tests.Hosting;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Stores and journals on a disk that is really full, and has room again.</summary>
public sealed class FullDiskTests : IDisposable
{
    /// <summary>Larger than the log may grow before it is written back.</summary>
    private readonly SmallDisk _disk = SmallDisk.Mount(kilobytes: 16 * 1024);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _disk.Dispose();

    [Fact]
    public async Task A_change_and_its_event_are_refused_together_and_go_on_when_there_is_room()
    {
        await using var store = new SqliteStore(RecordSchema.In(_disk.Path));
        await SaveAsync(store, "kept");
        await FillAsync(store);
        var entries = (await store.Timeline.VerifyAsync(Cancelled)).Entries;

        var save = await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(store, "refused"));
        var append = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
        Assert.Contains("is full. Free space", save.Message, StringComparison.Ordinal);
        Assert.Contains("is full. Free space", append.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.Records.GetAsync(Parcel.Kind, "kept", Cancelled));

        _disk.Free();
        await SaveAsync(store, "after");
        Assert.Null(await store.Records.GetAsync(Parcel.Kind, "refused", Cancelled));
        Assert.Equal(new ChainVerification(true, entries + 1, null, null), await store.Timeline.VerifyAsync(Cancelled));
    }

    [Fact]
    public async Task What_is_on_a_full_disk_can_be_read_after_a_restart_in_order()
    {
        await using (var store = new SqliteStore(RecordSchema.In(_disk.Path)))
        {
            await SaveAsync(store, "kept");
        }

        _disk.Fill();
        await using var again = new SqliteStore(RecordSchema.In(_disk.Path));
        Assert.Equal("kept", (await again.Records.GetAsync(Parcel.Kind, "kept", Cancelled))!.Id);
        Assert.Equal(1, (await again.Timeline.VerifyAsync(Cancelled)).Entries);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(again, "refused"));

        _disk.Free();
        await SaveAsync(again, "after");
        Assert.Equal(["after", "kept"], (await again.Records.ListAsync(Parcel.Kind, Cancelled)).Select(record => record.Id));
    }

    [Fact]
    public async Task The_halt_journal_keeps_its_lines_on_the_full_disk_and_replays_them()
    {
        await using var store = new SqliteStore(RecordSchema.In(_disk.Path));
        using var journal = Halts(store);
        await FillAsync(store);

        for (var run = 0; run < 500; run++)
        {
            Assert.Equal(JournalPlace.Journal, await journal.WriteAsync(Halt(run)));
        }

        _disk.Free();
        for (var tries = 0; journal.Waiting > 0; tries++)
        {
            // A write that was given up before is waited for, so that nothing is told twice.
            Assert.InRange(tries, 0, 100);
            await journal.ReplayAsync(Cancelled);
            await store.Timeline.VerifyAsync(Cancelled);
        }

        var entries = await store.Timeline.ReadAsync(new() { Kind = TimelineKinds.RunHalted, Limit = 1000 }, Cancelled);
        Assert.Equal(Enumerable.Range(0, 500).Select(run => $"run:{run}"), entries.Select(entry => entry.Subject));
    }

    [Fact]
    public async Task Journals_that_found_no_room_at_their_start_say_memory_and_take_their_room_when_there_is_some()
    {
        await using var store = new SqliteStore(RecordSchema.In(_disk.Path));
        await FillAsync(store);
        using var halts = Halts(store);
        using var intents = new IntentJournal(new DataDirectory(_disk.Path), TimeProvider.System, NullLogger<IntentJournal>.Instance);

        Assert.Equal(JournalPlace.Memory, await halts.WriteAsync(Halt(1)));
        Assert.Equal(JournalPlace.Memory, intents.Keep(Events.Flip("flag:a")).Place);

        _disk.Free();
        Assert.Equal(JournalPlace.Journal, await halts.WriteAsync(Halt(2)));
        Assert.Equal(JournalPlace.Journal, intents.Keep(Events.Flip("flag:a")).Place);
        await halts.ReplayAsync(Cancelled);
        Assert.Equal(
            ["run:1", "run:2"],
            (await store.Timeline.ReadAsync(new() { Kind = TimelineKinds.RunHalted }, Cancelled)).Select(entry => entry.Subject));
    }

    [Fact]
    public async Task The_history_goes_on_in_memory_and_loses_nothing()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3000);
        using (var history = History())
        {
            Record(history, start, 0, 50);
            history.Flush();
            _disk.Fill();
            for (var second = 50; second < 2000; second += 50)
            {
                Record(history, start, second, second + 50);
                history.Flush();
            }

            Assert.Equal(2000, await SecondsAsync(history, start));
            _disk.Free();
            history.Flush();
        }

        using var again = History();
        Assert.Equal(2000, await SecondsAsync(again, start));
        Assert.Equal(2000, again.LastSequence);
    }

    private static async Task SaveAsync(SqliteStore store, string id) =>
        Assert.IsType<SaveOutcome<Parcel>.Saved>(await store.Records.SaveAsync(Parcel.Kind, id, new Parcel("x", 1), 0, Events.Flip(), Cancelled));

    /// <summary>Fills the disk, and the room that the log has of its own.</summary>
    private async Task FillAsync(SqliteStore store)
    {
        _disk.Fill();
        for (var (refusals, attempt) = (0, 0); refusals < 5; attempt++)
        {
            Assert.InRange(attempt, 0, 2000);
            _disk.Fill();
            try
            {
                await store.Timeline.AppendAsync(Events.Flip(reason: new string('x', 2000)), Cancelled);
                refusals = 0;
            }
            catch (StoreUnavailableException)
            {
                refusals++;
            }
        }
    }

    private HaltJournal Halts(SqliteStore store) =>
        new(store.Timeline, new DataDirectory(_disk.Path), TimeProvider.System, NullLogger<HaltJournal>.Instance);

    private SqliteHealthHistory History() => new(HistoryFile.In(_disk.Path), TimeProvider.System, NullLogger<SqliteHealthHistory>.Instance);

    private static TimelineEvent Halt(int run) => Events.Flip($"run:{run}", "HALT ALL", kind: TimelineKinds.RunHalted);

    private static void Record(SqliteHealthHistory history, DateTimeOffset start, int from, int to)
    {
        for (var second = from; second < to; second++)
        {
            var sample = new Sample
            {
                Service = "shop",
                Environment = "test",
                At = start.AddSeconds(second),
                Freshness = Freshness.Fresh,
                Signs = new(LatencyP95: second),
            };
            history.Record(new HealthSnapshot(second + 1, start.AddSeconds(second), HealthSnapshot.Empty.Services.SetItem("shop", sample)));
        }
    }

    private static async Task<int> SecondsAsync(SqliteHealthHistory history, DateTimeOffset start)
    {
        var window = (await history.ReadAsync("shop", start, start.AddSeconds(2000), 5000, Cancelled))!;
        return window.Series.Single(series => series.Sign == VitalSign.LatencyP95).Mean.Count(value => !float.IsNaN(value));
    }
}
