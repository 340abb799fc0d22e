using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Timeline.Journal;

namespace OpsConsole.AdapterTests.Records;

public sealed class IntentJournalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-intents-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string JournalPath => Path.Combine(_directory, IntentJournal.FileName);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_kept_is_there_for_the_next_console_until_it_is_forgotten()
    {
        using (var first = Open())
        {
            Assert.Equal(JournalPlace.Journal, first.Keep(Off("a", "otto")).Place);
            first.Keep(Off("b", "ada"));
        }

        using (var second = Open())
        {
            Assert.Equal(["flag:a", "flag:b"], second.Kept.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(("otto", "it burns", JournalPlace.Journal), (second.Kept["flag:a"].Intent.Actor, second.Kept["flag:a"].Intent.Reason, second.Kept["flag:a"].Place));
            second.Forget("flag:a");
            second.Forget("flag:a");
            Assert.Equal("flag:b", Assert.Single(second.Kept.Keys));
        }

        using var third = Open();
        Assert.Equal("flag:b", Assert.Single(third.Kept.Keys));
    }

    [Fact]
    public void The_newest_of_a_subject_is_kept()
    {
        using (var first = Open())
        {
            first.Keep(Off("a", "otto"));
            first.Keep(Off("a", "ada"));
        }

        using var second = Open();
        Assert.Equal("ada", Assert.Single(second.Kept.Values).Intent.Actor);
    }

    [Fact]
    public async Task Killed_between_the_new_line_and_the_removal_of_the_old_one_the_new_one_counts()
    {
        byte[] both;
        using (var first = Open())
        {
            first.Keep(Off("a", "otto"));
            first.Keep(Off("b", "ada"));
            both = await File.ReadAllBytesAsync(JournalPath, Cancelled);
        }

        var text = System.Text.Encoding.UTF8.GetString(both).Replace("flag:b", "flag:a", StringComparison.Ordinal);
        await File.WriteAllTextAsync(JournalPath, text, Cancelled);
        using (var second = Open())
        {
            Assert.Equal("ada", Assert.Single(second.Kept.Values).Intent.Actor);
        }

        using var third = Open();
        Assert.Equal("ada", Assert.Single(third.Kept.Values).Intent.Actor);
    }

    [Fact]
    public void It_takes_its_room_beforehand_and_gives_it_free_again()
    {
        using var journal = Open();
        var length = new FileInfo(JournalPath).Length;
        for (var round = 0; round < 2000; round++)
        {
            journal.Keep(Off("a", "otto"));
            journal.Forget("flag:a");
        }

        Assert.Equal(length, new FileInfo(JournalPath).Length);
    }

    [Fact]
    public void Memory_is_the_last_resort_and_says_so()
    {
        Directory.CreateDirectory(JournalPath);
        using var journal = Open();
        Assert.Equal(JournalPlace.Memory, journal.Keep(Off("a", "otto")).Place);
        Assert.Equal(JournalPlace.Memory, journal.Kept["flag:a"].Place);

        // When the disk is well again, keeping it once more puts it there.
        Directory.Delete(JournalPath);
        Assert.Equal(JournalPlace.Journal, journal.Keep(Off("a", "otto")).Place);
    }

    private static TimelineEvent Off(string flag, string actor) =>
        new() { Actor = actor, Kind = TimelineKinds.FlagFlippedOff, Subject = Subjects.Flag(flag), Reason = "it burns" };

    private IntentJournal Open() => new(new DataDirectory(_directory), TimeProvider.System, NullLogger<IntentJournal>.Instance);
}
