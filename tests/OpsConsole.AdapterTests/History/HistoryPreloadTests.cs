using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.History;

namespace OpsConsole.AdapterTests.History;

/// <summary>A restarted console has its last day in memory before anybody asks, and is right when somebody asks earlier.</summary>
public sealed class HistoryPreloadTests : IDisposable
{
    private const int Seconds = 3 * 3600;
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 20, 0, TimeSpan.Zero);
    private static readonly string[] Services = ["cart", "shop"];

    private readonly string _directory = Directory.CreateTempSubdirectory("opsconsole-preload-").FullName;
    private readonly FakeTimeProvider _time = new(Start);
    private long _sequence;

    public HistoryPreloadTests()
    {
        using var history = Open();
        for (var second = 0; second < Seconds; second++)
        {
            _time.SetUtcNow(Start.AddSeconds(second));
            Record(history, second);
            if (second % 1800 == 0)
            {
                history.Flush();
            }
        }
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Once_the_console_is_up_the_day_is_answered_without_the_disk()
    {
        using var history = Open();
        using var lifetime = new Lifetime();
        using var preload = new HistoryPreload(history, lifetime, _time);
        await preload.StartAsync(Cancelled);
        Assert.False(preload.ExecuteTask!.IsCompleted, "It did not wait for the console's start.");

        lifetime.Start();
        await preload.ExecuteTask.WaitAsync(Cancelled);
        Overwrite("seconds", "minutes");

        await AssertCompleteAsync(history);
    }

    [Fact]
    public async Task A_read_that_comes_first_is_as_right_as_one_that_comes_after()
    {
        using var history = Open();
        await AssertCompleteAsync(history);
        history.Preload(Cancelled);
        await AssertCompleteAsync(history);
    }

    [Fact]
    public async Task Reads_that_come_meanwhile_are_right()
    {
        using var history = Open();
        var preload = Task.Run(() => history.Preload(Cancelled), Cancelled);
        do
        {
            await AssertCompleteAsync(history);
        }
        while (!preload.IsCompleted);
        await preload;
    }

    [Fact]
    public async Task What_came_in_before_it_stays_beside_what_it_reads()
    {
        using var history = Open();
        _time.SetUtcNow(Start.AddSeconds(Seconds));
        Record(history, Seconds);
        history.Preload(Cancelled);
        await AssertCompleteAsync(history, Seconds + 1);
    }

    [Fact]
    public async Task One_that_is_cut_off_leaves_the_rest_to_the_reads()
    {
        using var history = Open();
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        Assert.Throws<OperationCanceledException>(() => history.Preload(stopping.Token));
        await AssertCompleteAsync(history);
    }

    [Fact]
    public async Task A_disk_that_fails_meanwhile_costs_only_what_is_on_it()
    {
        using var history = Open();
        Overwrite("seconds");
        history.Preload(Cancelled);
        var window = (await history.ReadAsync("shop", Start, Start.AddSeconds(Seconds), 5000, Cancelled))!;

        // The hour that is not sealed yet stands elsewhere in the file.
        Assert.Equal(Seconds - 1, window.Series.Single(series => series.Sign == VitalSign.Throughput).Max.Max());
    }

    private SqliteHealthHistory Open() => new(HistoryFile.In(_directory), _time, NullLogger<SqliteHealthHistory>.Instance);

    private void Record(SqliteHealthHistory history, int second)
    {
        var services = Services.Select(service => KeyValuePair.Create(service, new Sample
        {
            Service = service,
            Environment = "test",
            At = Start.AddSeconds(second),
            Freshness = Freshness.Fresh,
            Signs = new VitalSigns(Throughput: second),
        }));
        history.Record(new HealthSnapshot(++_sequence, Start.AddSeconds(second), HealthSnapshot.Empty.Services.AddRange(services)));
    }

    private static async Task AssertCompleteAsync(SqliteHealthHistory history, int seconds = Seconds)
    {
        foreach (var service in Services)
        {
            var window = (await history.ReadAsync(service, Start, Start.AddSeconds(seconds), seconds / 3, Cancelled))!;
            var throughput = window.Series.Single(series => series.Sign == VitalSign.Throughput);
            var first = (int)(window.From - Start).TotalSeconds;
            var step = (int)window.Step.TotalSeconds;
            Assert.Equal(
                Enumerable.Range(0, window.Count).Select(index => (float)Math.Min(seconds - 1, first + ((index + 1) * step) - 1)), throughput.Max);
            Assert.Equal(Enumerable.Range(0, window.Count).Select(index => (float)Math.Max(0, first + (index * step))), throughput.Min);
        }
    }

    private void Overwrite(params string[] tables)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, HistoryFile.FileName)};Pooling=False");
        connection.Open();
        foreach (var table in tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"UPDATE {table} SET data = x'ff'";
            Assert.NotEqual(0, command.ExecuteNonQuery());
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _started = new();

        public CancellationToken ApplicationStarted => _started.Token;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Start() => _started.Cancel();

        public void StopApplication()
        {
        }

        public void Dispose() => _started.Dispose();
    }
}
