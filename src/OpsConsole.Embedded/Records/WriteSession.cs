using Microsoft.Data.Sqlite;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Embedded.Records;

/// <summary>A record as it stands in its row.</summary>
internal sealed record RecordRow(string Id, long Revision, byte[] Json);

/// <summary>The writer's connection with its prepared commands. One group of writes is one transaction.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SqliteCommand _append;
    private readonly List<TimelineEntry> _appended = [];
    private long _lastSequence;
    private string _lastHash = HashChain.Genesis;

    public WriteSession(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _head = connection.Prepare("SELECT sequence, hash FROM timeline ORDER BY sequence DESC LIMIT 1");
        _find = connection.Prepare("SELECT revision, json FROM records WHERE kind = $1 AND id = $2", 2);
        _put = connection.Prepare(
            "INSERT INTO records (kind, id, revision, json) VALUES ($1, $2, $3, $4) ON CONFLICT DO UPDATE SET revision = excluded.revision, json = excluded.json", 4);
        _delete = connection.Prepare("DELETE FROM records WHERE kind = $1 AND id = $2", 2);
        _append = connection.Prepare($"INSERT INTO timeline ({TimelineRows.Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9);
    }

    public SqliteConnection Connection => _connection;

    /// <summary>The entries that were appended since <see cref="Begin"/>.</summary>
    public IReadOnlyList<TimelineEntry> Appended => _appended;

    /// <summary>Takes the file's write lock and then looks where the chain ends: another process may have gone on with it.</summary>
    public void Begin()
    {
        _appended.Clear();
        _begin.ExecuteNonQuery();
        using var row = _head.ExecuteReader();
        (_lastSequence, _lastHash) = row.Read()
            ? (row.GetInt64(0), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1)))
            : (0, HashChain.Genesis);
    }

    public void Commit() => _commit.ExecuteNonQuery();

    public RecordRow? Find(string kind, string id)
    {
        using var row = _find.With(kind, id).ExecuteReader();
        return row.Read() ? new RecordRow(id, row.GetInt64(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    public void Put(string kind, string id, long revision, byte[] json) => _put.With(kind, id, revision, json).ExecuteNonQuery();

    public void Delete(string kind, string id) => _delete.With(kind, id).ExecuteNonQuery();

    public TimelineEntry Append(TimelineEvent @event)
    {
        var entry = HashChain.Append(@event, _time.GetUtcNow(), _lastSequence, _lastHash);
        _append.With(
            entry.Sequence,
            entry.At.ToUnixTimeMilliseconds(),
            entry.Actor,
            entry.Kind,
            entry.Subject,
            entry.Reason,
            TimelineRows.WriteData(entry.Data),
            Convert.FromHexString(entry.Hash),
            Convert.FromHexString(entry.PreviousHash)).ExecuteNonQuery();
        (_lastSequence, _lastHash) = (entry.Sequence, entry.Hash);
        _appended.Add(entry);
        return entry;
    }

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_begin, _commit, _head, _find, _put, _delete, _append])
        {
            command.Dispose();
        }

        // Closing gives up what was not committed.
        _connection.Dispose();
    }
}
