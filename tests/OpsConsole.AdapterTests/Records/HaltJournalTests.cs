using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using OpsConsole.Embedded.Records;
using OpsConsole.Features.Timeline.Journal;

namespace OpsConsole.AdapterTests.Records;

public sealed class HaltJournalTests : IDisposable
{
    private readonly SqlitePlace _place = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string JournalPath => Path.Combine(_place.Directory, HaltJournal.FileName);

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task An_event_goes_to_the_timeline_while_that_can_be_written()
    {
        await using var store = _place.Open();
        using var journal = Open(store);

        Assert.Equal(JournalPlace.Timeline, await journal.WriteAsync(Halt("run:1")));

        Assert.Equal(0, journal.Waiting);
        Assert.Equal("run:1", Assert.Single(await store.Timeline.ReadAsync(new(), Cancelled)).Subject);
    }

    [Fact]
    public async Task While_the_timeline_is_locked_events_are_journaled_and_replayed_once_and_in_order()
    {
        await using var store = _place.Open(file => file with { BusyTimeout = TimeSpan.FromMilliseconds(50) });
        await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        using var journal = Open(store);
        using (var other = _place.File.Open())
        {
            other.Run("BEGIN IMMEDIATE");
            Assert.Equal(JournalPlace.Journal, await journal.WriteAsync(Halt("run:1")));
            Assert.Equal(JournalPlace.Journal, await journal.WriteAsync(Halt("run:2")));
            // Writes take turns: when this one has failed, so has the one that the journal had stopped waiting for.
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Timeline.AppendAsync(Events.Flip(), Cancelled));
            await journal.ReplayAsync(Cancelled);
            Assert.Equal(2, journal.Waiting);
        }

        await journal.ReplayAsync(Cancelled);
        await journal.ReplayAsync(Cancelled);

        Assert.Equal(0, journal.Waiting);
        var entries = await store.Timeline.ReadAsync(new() { Kind = TimelineKinds.RunHalted }, Cancelled);
        Assert.Equal(["run:1", "run:2"], entries.Select(entry => entry.Subject));
        Assert.All(entries, entry => Assert.True(DateTimeOffset.TryParse(entry.Data["journaledAt"], out _)));
        Assert.Equal(JournalPlace.Timeline, await journal.WriteAsync(Halt("run:3")));
    }

    [Fact]
    public async Task What_waits_survives_a_killed_console_and_is_not_replayed_twice()
    {
        var missing = Path.Combine(_place.Directory, "missing");
        await using var gone = new SqliteStore(RecordSchema.In(missing));
        using (var journal = Open(gone))
        {
            await journal.WriteAsync(Halt("run:1"));
            await journal.WriteAsync(Halt("run:2"));
        }

        var killed = await File.ReadAllBytesAsync(JournalPath, Cancelled);
        await using var store = _place.Open();
        using (var journal = Open(store))
        {
            Assert.Equal(2, journal.Waiting);
            await journal.ReplayAsync(Cancelled);
        }

        // Killed between the replay and the line's removal.
        await File.WriteAllBytesAsync(JournalPath, killed, Cancelled);
        using (var journal = Open(store))
        {
            Assert.Equal(2, journal.Waiting);
            await journal.ReplayAsync(Cancelled);
            Assert.Equal(0, journal.Waiting);
        }

        Assert.Equal(["run:1", "run:2"], (await store.Timeline.ReadAsync(new(), Cancelled)).Select(entry => entry.Subject));
    }

    [Fact]
    public async Task The_journal_takes_its_room_beforehand_and_a_torn_line_hides_no_other()
    {
        await using var gone = new SqliteStore(RecordSchema.In(Path.Combine(_place.Directory, "missing")));
        using (var journal = Open(gone))
        {
            Assert.Equal(256 * 1024, new FileInfo(JournalPath).Length);
            await journal.WriteAsync(Halt("run:1"));
            await journal.WriteAsync(Halt("run:2"));
            Assert.Equal(256 * 1024, new FileInfo(JournalPath).Length);
        }

        var bytes = await File.ReadAllBytesAsync(JournalPath, Cancelled);
        bytes[20] = (byte)'\0';
        await File.WriteAllBytesAsync(JournalPath, bytes, Cancelled);

        using var again = Open(gone);
        Assert.Equal(1, again.Waiting);
    }

    [Fact]
    public async Task Memory_is_the_last_resort()
    {
        Directory.CreateDirectory(JournalPath);
        var missing = Path.Combine(_place.Directory, "missing");
        await using var store = new SqliteStore(RecordSchema.In(missing));
        using var journal = Open(store);

        Assert.Equal(JournalPlace.Memory, await journal.WriteAsync(Halt("run:1")));
        Directory.CreateDirectory(missing);
        await journal.ReplayAsync(Cancelled);

        Assert.Equal("run:1", Assert.Single(await store.Timeline.ReadAsync(new(), Cancelled)).Subject);
    }

    private static TimelineEvent Halt(string run) => Events.Flip(run, "HALT ALL", kind: TimelineKinds.RunHalted).With("confirmedMs", "87");

    private HaltJournal Open(SqliteStore store) =>
        new(store.Timeline, new DataDirectory(_place.Directory), TimeProvider.System, NullLogger<HaltJournal>.Instance);
}
