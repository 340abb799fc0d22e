namespace OpsConsole.Embedded.Records;

/// <summary>The tables of <c>opsconsole.db</c>. Add a migration at the end; never change one that was released.</summary>
internal static class RecordSchema
{
    public const string FileName = "opsconsole.db";

    /// <summary>The part of the kind before and with its first dot, as the index has it.</summary>
    public const string Family = "substr(kind, 1, instr(kind, '.'))";

    public static readonly string[] Migrations =
    [
        $"""
        CREATE TABLE records (
          kind TEXT NOT NULL,
          id TEXT NOT NULL,
          revision INTEGER NOT NULL,
          json BLOB NOT NULL,
          PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE timeline (
          sequence INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          kind TEXT NOT NULL,
          subject TEXT NOT NULL,
          reason TEXT NOT NULL,
          data TEXT NOT NULL,
          hash BLOB NOT NULL,
          previous_hash BLOB NOT NULL
        ) STRICT;
        CREATE INDEX timeline_by_family ON timeline ({Family});
        CREATE INDEX timeline_by_actor ON timeline (actor);
        CREATE INDEX timeline_by_subject ON timeline (subject);
        CREATE INDEX timeline_by_time ON timeline (at);
        """,
    ];

    public static SqliteFile In(string directory) => new(Path.Combine(directory, FileName), Migrations);
}
