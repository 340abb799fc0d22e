using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.History;

namespace OpsConsole.AdapterTests.History;

public sealed class SqliteHealthHistoryTests : HealthHistoryContract, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-history-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_copy_taken_from_under_a_running_history_lacks_at_most_what_was_not_yet_written()
    {
        using var open = Open();
        for (var second = 0; second < 100; second++)
        {
            Record(open, "shop", Noon.AddSeconds(second - 100), second);
            if (second % 2 == 1)
            {
                open.Settle();
            }
        }

        Record(open, "shop", Noon, 100);
        var copy = Path.Combine(_directory, "copy");
        Directory.CreateDirectory(copy);
        foreach (var file in new[] { "", "-wal" })
        {
            File.Copy(Path.Combine(_directory, HistoryFile.FileName + file), Path.Combine(copy, HistoryFile.FileName + file));
        }

        using var again = new SqliteHistory(copy, () => Now);
        var window = (await again.History.ReadAsync("shop", Noon.AddSeconds(-100), Noon, 1000, Cancelled))!;

        Assert.Equal(Enumerable.Range(0, 100).Select(value => (float)value), Latency(window).Max);
        Assert.True(again.History.LastSequence >= open.History.LastSequence, "A sequence number would be given twice.");
    }

    [Fact]
    public async Task A_disk_that_fails_does_not_stop_the_history_and_is_caught_up_with()
    {
        var later = Path.Combine(_directory, "later");
        using (var open = new SqliteHistory(later, () => Now))
        {
            Record(open, "shop", Noon.AddSeconds(-2), 1);
            open.Settle();
            Assert.Equal("1", await MaxAsync(open, Noon.AddSeconds(-2), Noon.AddSeconds(-1)));
            Directory.CreateDirectory(later);
            Record(open, "shop", Noon.AddSeconds(-1), 2);
            open.Settle();
        }

        using var again = new SqliteHistory(later, () => Now);
        Assert.Equal("1, 2", await MaxAsync(again, Noon.AddSeconds(-2), Noon));
    }

    [Fact]
    public async Task A_damaged_file_does_not_stop_the_history()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, HistoryFile.FileName), new string('?', 9000), Cancelled);
        using var open = Open();

        Record(open, "shop", Noon, 1);
        open.Settle();

        Assert.Equal("1", await MaxAsync(open, Noon, Noon.AddSeconds(1)));
    }

    [Fact]
    public async Task A_sealed_hour_is_read_back_from_disk_within_a_ten_thousandth_of_its_range()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 3600).Select(_ => 80 + (random.NextDouble() * 40)).ToArray();
        using (var open = Open())
        {
            for (var second = 0; second < 3600; second++)
            {
                Record(open, "shop", Noon.AddSeconds(second), values[second]);
            }

            Now = Noon.AddHours(1).AddMinutes(2);
            open.Settle();
        }

        using var again = Open();
        var window = (await again.History.ReadAsync("shop", Noon, Noon.AddHours(1), 3600, Cancelled))!;

        Assert.All(Latency(window).Max.Zip(values), pair => Assert.Equal(pair.Second, pair.First, 0.01));
    }

    private static async Task<string> MaxAsync(IHistoryUnderTest open, DateTimeOffset from, DateTimeOffset to) =>
        string.Join(", ", Latency((await open.History.ReadAsync("shop", from, to, 5, Cancelled))!).Max);

    protected override IHistoryUnderTest Open() => new SqliteHistory(_directory, () => Now);

    private sealed class SqliteHistory(string directory, Func<DateTimeOffset> now) : IHistoryUnderTest
    {
        private readonly SqliteHealthHistory _history =
            new(HistoryFile.In(directory), new Clock(now), NullLogger<SqliteHealthHistory>.Instance);

        public IHealthHistory History => _history;

        public void Settle() => _history.Flush();

        public void Dispose() => _history.Dispose();
    }

    private sealed class Clock(Func<DateTimeOffset> now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now();
    }
}
