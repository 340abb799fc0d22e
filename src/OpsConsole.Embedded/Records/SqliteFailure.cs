using Microsoft.Data.Sqlite;
using OpsConsole.Core.Records;

namespace OpsConsole.Embedded.Records;

/// <summary>Turns what SQLite says into a sentence that says what to do.</summary>
internal static class SqliteFailure
{
    private const int Error = 1, Permission = 3, Busy = 5, Locked = 6, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CannotOpen = 14, TooBig = 18, NotADatabase = 26;

    /// <summary>Of <c>SQLITE_IOERR</c>: the file of shared memory, or a page, could not be written.</summary>
    private const int SharedMemorySize = 4874, WriteFailed = 778;

    /// <summary>Whether the failure belongs to one statement, not to the disk: the others of its group may still succeed.</summary>
    public static bool IsOfOneStatement(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: TooBig or 19 or 20 };

    /// <summary>Whether the disk has no byte left, even for the small file that SQLite puts beside one that it opens.</summary>
    public static bool IsWithoutRoom(SqliteException exception) =>
        exception is { SqliteErrorCode: Full } or { SqliteExtendedErrorCode: SharedMemorySize or WriteFailed };

    public static StoreUnavailableException Explain(SqliteFile file, Exception exception) => exception switch
    {
        StoreUnavailableException known => known,
        SqliteException sqlite => new StoreUnavailableException(Sentence(file, sqlite), sqlite),
        _ => new StoreUnavailableException(exception.Message, exception),
    };

    private static string Sentence(SqliteFile file, SqliteException exception) => (IsWithoutRoom(exception) ? Full : exception.SqliteErrorCode) switch
    {
        Full => $"The disk under {file.Path} is full. Free space there; the console goes on by itself.",
        ReadOnly or Permission => $"{file.Path} cannot be written. Give the console's user the right to write to it and its directory; the console goes on by itself.",
        CannotOpen => $"{file.Path} cannot be opened. Check that its directory exists and can be written; the console goes on by itself.",
        Busy or Locked => $"Another process has kept {file.Path} locked for over {file.BusyTimeout.TotalSeconds:0.#} s. End what holds it; the console goes on by itself.",
        Corrupt or NotADatabase => $"{file.Path} is damaged. Stop the console, keep the file for inspection, put a backup in its place and start again.",
        Io => $"The disk under {file.Path} answers with errors ({exception.SqliteExtendedErrorCode}). Check the disk; the console goes on by itself once it is well.",
        TooBig => $"What was to be written to {file.Path} is too large. Write less at once.",
        Error => $"{file.Path} does not hold what it must ({exception.Message}). Put a backup in its place; the console goes on by itself.",
        var code => $"{file.Path} cannot be used (SQLite error {code}). Check the disk and the file; the console goes on by itself once they are well.",
    };
}
