using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Embedded.Records;

/// <summary>Records in SQLite.</summary>
internal sealed class SqliteRecordStore(RecordDatabase database) : IRecordStore
{
    public async ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class
    {
        var rows = await database.ReadAsync(connection => Read(connection, kind.Name, id), cancellationToken);
        return rows is [var row] ? ToRecord(kind, row) : null;
    }

    public async ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class
    {
        var rows = await database.ReadAsync(connection => Read(connection, kind.Name, id: null), cancellationToken);
        // SQLite compares the bytes of UTF-8, .NET the units of UTF-16; they differ beyond the basic plane.
        rows.Sort(static (left, right) => string.CompareOrdinal(left.Id, right.Id));
        return rows.ConvertAll(row => ToRecord(kind, row));
    }

    public async ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedRevision);
        var json = JsonSerializer.SerializeToUtf8Bytes(value, kind.Json);
        var @event = EventText.Storable(change);
        var (current, entry) = await database.WriteAsync(
            session =>
            {
                var current = session.Find(kind.Name, id);
                if ((current?.Revision ?? 0) != expectedRevision)
                {
                    return (current, (TimelineEntry?)null);
                }

                session.Put(kind.Name, id, expectedRevision + 1, json);
                return (current, (TimelineEntry?)session.Append(@event));
            },
            cancellationToken);
        return entry is null
            ? new SaveOutcome<T>.Conflict(current is null ? null : ToRecord(kind, current))
            : new SaveOutcome<T>.Saved(new Stored<T>(id, expectedRevision + 1, value), entry);
    }

    public async ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class
    {
        var @event = EventText.Storable(change);
        var (current, entry) = await database.WriteAsync(
            session =>
            {
                var current = session.Find(kind.Name, id);
                if ((current?.Revision ?? 0) != expectedRevision || current is null)
                {
                    return (current, (TimelineEntry?)null);
                }

                session.Delete(kind.Name, id);
                return (current, (TimelineEntry?)session.Append(@event));
            },
            cancellationToken);
        return entry is null
            ? new SaveOutcome<T>.Conflict(current is null ? null : ToRecord(kind, current))
            : new SaveOutcome<T>.Saved(ToRecord(kind, current!), entry);
    }

    private static List<RecordRow> Read(SqliteConnection connection, string kind, string? id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, revision, json FROM records WHERE kind = $kind";
        command.Parameters.AddWithValue("$kind", kind);
        if (id is not null)
        {
            command.CommandText += " AND id = $id";
            command.Parameters.AddWithValue("$id", id);
        }

        using var row = command.ExecuteReader();
        List<RecordRow> rows = [];
        while (row.Read())
        {
            rows.Add(new RecordRow(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2)));
        }

        return rows;
    }

    private Stored<T> ToRecord<T>(RecordKind<T> kind, RecordRow row)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(row.Json, kind.Json) is { } value
                ? new Stored<T>(row.Id, row.Revision, value)
                : throw new JsonException("It is null.");
        }
        catch (JsonException exception)
        {
            throw new StoreUnavailableException(
                $"Record {row.Id} of {kind.Name} in {database.File.Path} cannot be read: {exception.Message} Put a backup of the file in its place.",
                exception);
        }
    }
}
