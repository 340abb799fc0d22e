using Microsoft.Data.Sqlite;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Embedded.Records;

/// <summary>The timeline in SQLite.</summary>
internal sealed class SqliteTimeline(RecordDatabase database, TimelineFeed feed) : ITimeline
{
    private const int MostEntries = 1000;

    public async ValueTask<TimelineEntry> AppendAsync(TimelineEvent @event, CancellationToken cancellationToken = default)
    {
        var storable = EventText.Storable(@event);
        return await database.WriteAsync(session => session.Append(storable), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<TimelineEntry>> ReadAsync(TimelineQuery query, CancellationToken cancellationToken = default)
    {
        if (query.Limit is < 1 or > MostEntries)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.Limit, $"The limit must be 1 to {MostEntries}.");
        }

        return await database.ReadAsync(connection => TimelineRows.ReadAll(connection, query), cancellationToken);
    }

    public async ValueTask<ChainVerification> VerifyAsync(CancellationToken cancellationToken = default)
    {
        var known = feed.Current.Recent;
        return await database.ReadAsync(connection => Verify(connection, known, cancellationToken), cancellationToken);
    }

    private static ChainVerification Verify(
        SqliteConnection connection, IReadOnlyList<TimelineEntry> known, CancellationToken cancellationToken)
    {
        var check = new ChainCheck(known);
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {TimelineRows.Columns} FROM timeline ORDER BY sequence";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!check.Accept(TimelineRows.Read(rows)))
                {
                    break;
                }
            }
            catch (FormatException exception)
            {
                check.Reject(rows.GetInt64(0), exception.Message);
                break;
            }
        }

        return check.Result();
    }
}
