using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.History;

namespace OpsConsole.Benchmarks;

/// <summary>
/// A day of 24 signs at one second, answered in 1,000 points: at the port, and at the endpoint of the built console in its own process;
/// beside a table with a row per point in the same run.
/// </summary>
internal static class HistoryBenchmark
{
    private const int Seconds = 24 * 3600, Services = 3, Rounds = 41, Starts = 3;

    /// <summary>Now, so that the console that is started over the same file finds a day that has just ended.</summary>
    private static readonly DateTimeOffset End = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

    public static async Task<int> RunAsync(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-history-benchmark-").FullName;
        try
        {
            var points = (long)Seconds * Services * VitalSignCatalog.All.Length;
            Console.WriteLine($"history: {Services * VitalSignCatalog.All.Length} signs x {Seconds} s = {points:N0} points, answered in 1,000 points");
            var clock = new Clock();
            using (var history = Open(directory, clock))
            {
                await FillAsync(history, clock);
                Report("at the port", await MeasureAsync(() => ReadAsync(history)));
            }

            using (var history = Open(directory, clock))
            {
                Report("at the port, first read after a restart", [await TimeAsync(() => ReadAsync(history))]);
            }

            for (var start = 0; start < Starts; start++)
            {
                await using var console = await BuiltConsole.StartAsync(directory);
                Report("at the endpoint, first read after a restart", [await TimeAsync(() => AskAsync(console.Http))]);
                if (start == Starts - 1)
                {
                    Report("at the endpoint", await MeasureAsync(() => AskAsync(console.Http)), most: 10);
                    Console.WriteLine($"  {"an answer",-46} {(await AnswerAsync(console.Http, 0)).Length / 1024,8:N0} kB a service");
                }
            }

            Console.WriteLine($"  {"on disk",-46} {Size(directory, "SELECT sum(length(data)) FROM seconds") / (double)points,8:F2} bytes a point in chunks, {FileBytes(directory) / (double)points:F2} in the whole file with its minutes");
            Naive(directory, points);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static SqliteHealthHistory Open(string directory, TimeProvider clock) =>
        new(HistoryFile.In(directory), clock, NullLogger<SqliteHealthHistory>.Instance);

    private static Task FillAsync(SqliteHealthHistory history, Clock clock)
    {
        var random = new Random(11);
        for (var second = 0; second < Seconds; second++)
        {
            clock.Now = End.AddSeconds(second - Seconds);
            var services = HealthSnapshot.Empty.Services;
            for (var service = 0; service < Services; service++)
            {
                services = services.Add("service-" + service, new Sample
                {
                    Service = "service-" + service,
                    Environment = "test",
                    At = clock.Now,
                    Freshness = Freshness.Fresh,
                    Signs = Signs(random, second),
                });
            }

            history.Record(new HealthSnapshot(second + 1, clock.Now, services));
            if (second % 120 == 119)
            {
                history.Flush();
            }
        }

        clock.Now = End.AddMinutes(2);
        history.Flush();
        return Task.CompletedTask;
    }

    private static VitalSigns Signs(Random random, int second)
    {
        var load = 40 + (10 * Math.Sin(second / 600.0));
        var mean = 20 + (random.NextDouble() * 15);
        return new VitalSigns(
            Math.Round(random.NextDouble() * 3, 2), mean, mean * 0.8, mean * (2 + random.NextDouble()), mean * (3 + (random.NextDouble() * 2)),
            Math.Round(load + (random.NextDouble() * 4)), 20 + (random.NextDouble() * 10), random.Next(8, 16));
    }

    private static async Task ReadAsync(SqliteHealthHistory history)
    {
        for (var service = 0; service < Services; service++)
        {
            var window = await history.ReadAsync("service-" + service, End.AddDays(-1), End, 1000, CancellationToken.None);
            if (window!.Series[0].Max.All(float.IsNaN))
            {
                throw new InvalidOperationException("Nothing was read.");
            }
        }
    }

    /// <summary>Every service by a request of its own, all at once, as a page asks.</summary>
    private static async Task AskAsync(HttpClient http)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, Services).Select(service => AnswerAsync(http, service)));
        if (answers.Any(answer => answer.Length < 20_000))
        {
            throw new InvalidOperationException("Nothing was read.");
        }
    }

    private static Task<byte[]> AnswerAsync(HttpClient http, int service)
    {
        var now = TimeProvider.System.GetUtcNow();
        return http.GetByteArrayAsync(
            $"/api/v1/health/service-{service}/history?from={now.AddDays(-1).ToUnixTimeSeconds()}&to={now.ToUnixTimeSeconds()}&points=1000");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var watch = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
    }

    private static async Task<double[]> MeasureAsync(Func<Task> work)
    {
        List<double> times = [];
        for (var round = 0; round < Rounds; round++)
        {
            times.Add(await TimeAsync(work));
        }

        return [.. times.Order()];
    }

    private static void Report(string name, double[] times, double? most = null)
    {
        var median = times[times.Length / 2];
        var spread = times.Length == 1 ? "" : $" median, {times[0]:F1} least, {times[^1]:F1} worst";
        var verdict = most is null ? "" : median <= most ? $"  ≤ {most} ms: yes" : $"  ≤ {most} ms: NO";
        Console.WriteLine($"  {name,-46} {median,8:F1} ms{spread}{verdict}");
    }

    private static void Naive(string directory, long points)
    {
        var path = Path.Combine(directory, "naive.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE points (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID; BEGIN";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT INTO points VALUES ($series, $at, $value)";
        var (series, at, value) = (command.Parameters.Add("$series", SqliteType.Integer), command.Parameters.Add("$at", SqliteType.Integer), command.Parameters.Add("$value", SqliteType.Real));
        var random = new Random(11);
        for (var sign = 0; sign < Services * 8; sign++)
        {
            for (var second = 0; second < Seconds; second++)
            {
                (series.Value, at.Value, value.Value) = (sign, second, random.NextDouble() * 100);
                command.ExecuteNonQuery();
            }
        }

        command.Parameters.Clear();
        command.CommandText = "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT series, at / 87, min(value), max(value), avg(value) FROM points GROUP BY 1, 2";
        var watch = Stopwatch.GetTimestamp();
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                _ = rows.GetDouble(2);
            }
        }

        Console.WriteLine($"  {"reference, a row per point",-46} {Stopwatch.GetElapsedTime(watch).TotalMilliseconds,8:F0} ms, {new FileInfo(path).Length / (double)points:F1} bytes a point");
    }

    private static long Size(string directory, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, HistoryFile.FileName)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static long FileBytes(string directory) =>
        Size(directory, "SELECT page_count * page_size - freelist_count * page_size FROM pragma_page_count, pragma_page_size, pragma_freelist_count");

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = End;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
