using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OpsConsole.Core.Health;
using OpsConsole.Embedded.Records;

namespace OpsConsole.Embedded.History;

/// <summary>A sample that is not yet in a sealed chunk.</summary>
internal readonly record struct SecondSample(string Service, long Second, VitalSigns Signs);

/// <summary>One service's hour.</summary>
internal readonly record struct SealedHour(string Service, long Hour, byte[] Seconds, byte[] Minutes);

/// <summary>
/// The tables of <c>history.db</c>: <c>recent</c> holds what came in, a row every few seconds, against a crash; <c>seconds</c> and
/// <c>minutes</c> hold one chunk a service and hour. A chunk's key is the service's number and the hour since 1970.
/// Not safe for several threads at once.
/// </summary>
internal sealed class HistoryFile(SqliteFile file) : IDisposable
{
    public const string FileName = "history.db";
    private const int HourBits = 24;

    public static readonly string[] Migrations =
    [
        """
        CREATE TABLE services (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE recent (id INTEGER PRIMARY KEY, hour INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX recent_by_hour ON recent (hour);
        CREATE TABLE seconds (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        CREATE TABLE minutes (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ];

    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private SqliteConnection? _connection;

    public static SqliteFile In(string directory) =>
        new(Path.Combine(directory, FileName), Migrations) { Synchronous = "NORMAL", BusyTimeout = TimeSpan.FromSeconds(1) };

    public string Explain(Exception exception) => SqliteFailure.Explain(file, exception).Message;

    /// <summary>Gives up the connection; the next use opens a new one.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _ids.Clear();
    }

    public void Dispose() => Close();

    public IReadOnlyCollection<string> Services()
    {
        _ = Connection();
        return [.. _ids.Keys];
    }

    public long LastSequence() => Connection().Number("SELECT coalesce(max(value), 0) FROM state WHERE name = 'sequence'");

    public List<SecondSample> Recent()
    {
        using var command = Connection().Prepare("SELECT data FROM recent ORDER BY id");
        using var rows = command.ExecuteReader();
        var names = _ids.ToDictionary(static pair => pair.Value, static pair => pair.Key);
        List<SecondSample> samples = [];
        while (rows.Read())
        {
            ReadRow(rows.GetFieldValue<byte[]>(0), names, samples);
        }

        return samples;
    }

    /// <summary>Writes what came in since the last time, seals hours and drops what is too old, all in one transaction.</summary>
    public void Write(IReadOnlyList<SecondSample> samples, IReadOnlyList<SealedHour> hours, long sequence, long sealedBefore, long secondsFrom, long minutesFrom)
    {
        using var transaction = Connection().BeginTransaction(deferred: false);
        foreach (var group in samples.GroupBy(static sample => sample.Second / HourBlock.Seconds))
        {
            Execute("INSERT INTO recent (hour, data) VALUES ($1, $2)", group.Key, WriteRow(group));
        }

        foreach (var hour in hours)
        {
            var key = Key(Id(hour.Service), hour.Hour);
            Execute("INSERT OR REPLACE INTO seconds (key, data) VALUES ($1, $2)", key, hour.Seconds);
            Execute("INSERT OR REPLACE INTO minutes (key, data) VALUES ($1, $2)", key, hour.Minutes);
        }

        if (hours.Count > 0)
        {
            const long HourOfKey = (1 << HourBits) - 1;
            Execute("DELETE FROM recent WHERE hour < $1", sealedBefore);
            Execute($"DELETE FROM seconds WHERE (key & {HourOfKey}) < $1", secondsFrom);
            Execute($"DELETE FROM minutes WHERE (key & {HourOfKey}) < $1", minutesFrom);
        }

        Execute("INSERT OR REPLACE INTO state (name, value) VALUES ('sequence', $1)", sequence);
        transaction.Commit();
    }

    public List<(long Hour, HourBlock Block)> Seconds(string service, long fromHour, long toHour) =>
        Chunks("seconds", service, fromHour, toHour, static chunk => HourBlock.Decode(chunk));

    public List<(long Hour, MinuteBlock Block)> Minutes(string service, long fromHour, long toHour) =>
        Chunks("minutes", service, fromHour, toHour, static chunk => MinuteBlock.Decode(chunk));

    private static long Key(long service, long hour) => (service << HourBits) | hour;

    private SqliteConnection Connection()
    {
        if (_connection is null)
        {
            _connection = file.Open();
            using var command = _connection.Prepare("SELECT id, name FROM services");
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                _ids[rows.GetString(1)] = rows.GetInt64(0);
            }
        }

        return _connection;
    }

    private List<(long Hour, T Block)> Chunks<T>(string table, string service, long fromHour, long toHour, Func<byte[], T> decode)
    {
        var connection = Connection();
        List<(long, T)> chunks = [];
        if (!_ids.TryGetValue(service, out var id))
        {
            return chunks;
        }

        using var command = connection.Prepare($"SELECT key, data FROM {table} WHERE key BETWEEN $1 AND $2 ORDER BY key", 2);
        using var rows = command.With(Key(id, fromHour), Key(id, toHour)).ExecuteReader();
        while (rows.Read())
        {
            try
            {
                chunks.Add((rows.GetInt64(0) & ((1 << HourBits) - 1), decode(rows.GetFieldValue<byte[]>(1))));
            }
            catch (InvalidDataException)
            {
                // A chunk that was damaged is a gap; the others are still worth showing.
            }
        }

        return chunks;
    }

    private long Id(string service)
    {
        if (!_ids.TryGetValue(service, out var id))
        {
            Execute("INSERT OR IGNORE INTO services (name) VALUES ($1)", service);
            using var command = _connection!.Prepare("SELECT id FROM services WHERE name = $1", 1);
            id = (long)command.With(service).ExecuteScalar()!;
            _ids[service] = id;
        }

        return id;
    }

    private void Execute(string sql, params ReadOnlySpan<object> values)
    {
        using var command = _connection!.Prepare(sql, values.Length);
        command.With(values).ExecuteNonQuery();
    }

    private byte[] WriteRow(IEnumerable<SecondSample> samples)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        foreach (var (service, second, signs) in samples)
        {
            SeriesCodec.WriteVarint(output, (ulong)Id(service));
            SeriesCodec.WriteVarint(output, (ulong)second);
            foreach (var info in VitalSignCatalog.All)
            {
                BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(sizeof(float)), (float)(signs[info.Sign] ?? double.NaN));
                output.Advance(sizeof(float));
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private static void ReadRow(ReadOnlySpan<byte> row, Dictionary<long, string> names, List<SecondSample> samples)
    {
        Span<double?> signs = stackalloc double?[HourBlock.SignCount];
        try
        {
            while (row.Length > 0)
            {
                var id = (long)SeriesCodec.ReadVarint(ref row);
                var second = (long)SeriesCodec.ReadVarint(ref row);
                for (var sign = 0; sign < signs.Length; sign++)
                {
                    var value = BinaryPrimitives.ReadSingleLittleEndian(row);
                    signs[sign] = float.IsNaN(value) ? null : value;
                    row = row[sizeof(float)..];
                }

                if (names.TryGetValue(id, out var service))
                {
                    samples.Add(new SecondSample(service, second, VitalSigns.From(signs)));
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentOutOfRangeException)
        {
            // The rest of a damaged row is a gap of a few seconds.
        }
    }
}
