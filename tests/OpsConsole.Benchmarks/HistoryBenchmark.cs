using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.History;

namespace OpsConsole.Benchmarks;

/// <summary>A day of 24 signs at one second, answered in 1,000 points, beside a table with a row per point in the same run.</summary>
internal static class HistoryBenchmark
{
    private const int Seconds = 24 * 3600, Services = 3, Rounds = 15;
    private static readonly DateTimeOffset End = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

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
                Report("in memory", await MeasureAsync(() => ReadAsync(history)));
            }

            using (var history = Open(directory, clock))
            {
                var watch = Stopwatch.GetTimestamp();
                await ReadAsync(history);
                Console.WriteLine($"  first read after a restart {Stopwatch.GetElapsedTime(watch).TotalMilliseconds,8:F1} ms");
                Report("after a restart", await MeasureAsync(() => ReadAsync(history)));
            }

            Console.WriteLine($"  on disk {Size(directory, "SELECT sum(length(data)) FROM seconds") / (double)points,8:F2} bytes a point in chunks, {FileBytes(directory) / (double)points:F2} in the whole file with its minutes");
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

    private static async Task<double[]> MeasureAsync(Func<Task> work)
    {
        List<double> times = [];
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(watch).TotalMilliseconds);
        }

        return [.. times.Order()];
    }

    private static void Report(string name, double[] times) =>
        Console.WriteLine($"  {name,-26} {times[times.Length / 2],8:F2} ms median, {times[^1]:F2} worst");

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

        Console.WriteLine($"  reference, a row per point {Stopwatch.GetElapsedTime(watch).TotalMilliseconds,8:F0} ms, {new FileInfo(path).Length / (double)points:F1} bytes a point");
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
