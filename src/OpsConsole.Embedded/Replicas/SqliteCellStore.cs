using Microsoft.Data.Sqlite;
using OpsConsole.Core.Records;
using OpsConsole.Core.Replicas;
using OpsConsole.Embedded.Records;

namespace OpsConsole.Embedded.Replicas;

/// <summary>
/// Cells in a SQLite file of their own, <c>replicas.db</c>. What is in it matters only while its replicas live, so a commit waits for no
/// disk: it survives every process, and after a power cut there is no process left that it could matter to.
/// </summary>
internal sealed class SqliteCellStore(SqliteFile file) : ICellStore, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SqliteConnection? _connection;
    private bool _disposed;

    public static SqliteFile FileIn(string directory) => new(
        Path.Combine(directory, "replicas.db"),
        "CREATE TABLE cells (name TEXT PRIMARY KEY, version INTEGER NOT NULL, content BLOB NOT NULL) STRICT, WITHOUT ROWID")
    {
        Synchronous = "NORMAL",
        BusyTimeout = TimeSpan.FromMilliseconds(500),
    };

    public async ValueTask<Cell?> ReadAsync(string name, CancellationToken cancellationToken = default)
    {
        var cells = await UseAsync(connection => Read(connection, "name = $1", name), cancellationToken);
        return cells is [var cell] ? cell : null;
    }

    public async ValueTask<IReadOnlyList<Cell>> ListAsync(string prefix, CancellationToken cancellationToken = default)
    {
        // A slash is followed by 0 in ASCII: every name that begins with the prefix lies between the two.
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        return await UseAsync(connection => Read(connection, "name >= $1 AND name < $2", prefix, end), cancellationToken);
    }

    public async ValueTask<bool> WriteAsync(
        string name, ReadOnlyMemory<byte> content, long expectedVersion, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ICellStore.MaxContent, nameof(content));
        ArgumentOutOfRangeException.ThrowIfNegative(expectedVersion);
        var bytes = content.ToArray();
        return await UseAsync(
            connection => expectedVersion == 0
                ? Change(connection, "INSERT INTO cells (name, version, content) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING", name, bytes)
                : Change(
                    connection,
                    "UPDATE cells SET version = version + 1, content = $2 WHERE name = $1 AND version = $3",
                    name,
                    bytes,
                    expectedVersion),
            cancellationToken);
    }

    public async ValueTask<bool> DeleteAsync(string name, long expectedVersion, CancellationToken cancellationToken = default) =>
        await UseAsync(
            connection => Change(connection, "DELETE FROM cells WHERE name = $1 AND version = $2", name, expectedVersion), cancellationToken);

    public void Dispose()
    {
        _turn.Wait();
        _disposed = true;
        Close();
        _turn.Release();
        _turn.Dispose();
    }

    private static List<Cell> Read(SqliteConnection connection, string condition, params ReadOnlySpan<object> values)
    {
        using var command = connection.Prepare($"SELECT name, version, content FROM cells WHERE {condition} ORDER BY name", values.Length);
        using var rows = command.With(values).ExecuteReader();
        List<Cell> cells = [];
        while (rows.Read())
        {
            cells.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<byte[]>(2)));
        }

        return cells;
    }

    private static bool Change(SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = connection.Prepare(sql, values.Length);
        return command.With(values).ExecuteNonQuery() == 1;
    }

    /// <summary>One at a time, off the caller's thread. After a failure the file is opened anew.</summary>
    private async Task<T> UseAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Use(work), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Use<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            if (_disposed)
            {
                throw new StoreUnavailableException("The console is stopping.");
            }

            if (file.WasOpened && !File.Exists(file.Path))
            {
                throw new StoreUnavailableException($"{file.Path} has vanished. Put it back; the console goes on by itself.");
            }

            return work(_connection ??= file.Open());
        }
        catch (Exception exception) when (exception is SqliteException or NewerSchemaException or StoreUnavailableException)
        {
            Close();
            throw SqliteFailure.Explain(file, exception);
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
