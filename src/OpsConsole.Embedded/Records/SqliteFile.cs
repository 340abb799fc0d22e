using Microsoft.Data.Sqlite;

namespace OpsConsole.Embedded.Records;

/// <summary>One SQLite file and how it is opened. The schema goes forward by itself; it never goes back.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Migrations">What makes version n + 1 of the schema from version n.</param>
internal sealed record SqliteFile(string Path, params string[] Migrations)
{
    private int _opened;

    /// <summary>How long a connection waits for another process's lock.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary><c>FULL</c>: what is committed survives a power cut. <c>NORMAL</c>: it survives a killed process.</summary>
    public string Synchronous { get; init; } = "FULL";

    /// <summary>The largest size that the file may have, in pages; read at each opening.</summary>
    public Func<long>? MaxPages { get; init; }

    public string Name => System.IO.Path.GetFileName(Path);

    public bool WasOpened => Volatile.Read(ref _opened) != 0;

    /// <summary>Opens a connection of its own to the newest schema.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            // A file that vanishes under a running console is an outage, not a reason to begin a new history.
            Mode = WasOpened ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = 1,
        }.ConnectionString);
        try
        {
            connection.Open();
            connection.Run($"PRAGMA busy_timeout = {(long)BusyTimeout.TotalMilliseconds}");
            if (MaxPages is not null)
            {
                connection.Run($"PRAGMA max_page_count = {MaxPages()}");
            }

            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = " + Synchronous);
            if (connection.Number("PRAGMA user_version") != Migrations.Length)
            {
                Migrate(connection);
            }

            Volatile.Write(ref _opened, 1);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a connection for one read. A disk without a byte left has no room for what SQLite puts beside a file that it opens; then the file
    /// is read as it was closed, if it was closed in order.
    /// </summary>
    /// <param name="lasting">Whether the connection may be kept: it sees what is written later.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteConnection OpenToRead(out bool lasting)
    {
        try
        {
            lasting = true;
            return Open();
        }
        catch (SqliteException problem) when (SqliteFailure.IsWithoutRoom(problem) && new FileInfo(Path + "-wal") is { Exists: false } or { Length: 0 })
        {
            lasting = false;
            if (OpenAsClosed() is { } connection)
            {
                return connection;
            }

            throw;
        }
    }

    /// <summary>The file as it stands, without a lock and without files beside it; <see langword="null"/> if its schema is another one.</summary>
    private SqliteConnection? OpenAsClosed()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = new Uri(Path).AbsoluteUri + "?immutable=1",
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        if (connection.Number("PRAGMA user_version") == Migrations.Length)
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }

    private void Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = connection.Number("PRAGMA user_version");
        if (version > Migrations.Length)
        {
            throw new NewerSchemaException(this, version);
        }

        foreach (var migration in Migrations.Skip((int)version))
        {
            connection.Run(migration);
        }

        connection.Run($"PRAGMA user_version = {Migrations.Length}");
        transaction.Commit();
    }
}

/// <summary>The file was written by a newer console.</summary>
internal sealed class NewerSchemaException(SqliteFile file, long version) : Exception(
    $"{file.Path} has schema {version}, this console knows {file.Migrations.Length}: it was written by a newer version. Start that version, or name another OpsConsole:DataDirectory.");

internal static class SqliteConnectionExtensions
{
    public static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A prepared command whose parameters are named <c>$1</c>, <c>$2</c> … and are filled by <see cref="With"/>.</summary>
    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, int parameters = 0)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var index = 1; index <= parameters; index++)
        {
            command.Parameters.Add(new SqliteParameter("$" + index, value: null));
        }

        return command;
    }

    public static SqliteCommand With(this SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index];
        }

        return command;
    }
}
