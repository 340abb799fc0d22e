using Microsoft.Data.Sqlite;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Embedded.Records;

/// <summary>Keeps <see cref="TimelineFeed"/> at the timeline's end, whoever wrote it.</summary>
internal sealed class TimelinePublisher(TimelineFeed feed)
{
    private const int MostRecent = 200;

    private readonly Lock _gate = new();

    /// <summary>Publishes what was just committed; what another process wrote before it is read first.</summary>
    public void Publish(IReadOnlyList<TimelineEntry> appended, SqliteConnection connection)
    {
        if (appended.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var head = feed.Current;
            if (appended[0].Sequence == head.Sequence + 1)
            {
                var recent = head.Recent.AddRange(appended);
                feed.Publish(new TimelineHead(appended[^1].Sequence, recent.RemoveRange(0, Math.Max(0, recent.Count - MostRecent))));
                return;
            }
        }

        try
        {
            Refresh(connection);
        }
        catch (Exception exception) when (exception is SqliteException or FormatException)
        {
            // The write succeeded; the next look at the file publishes it.
        }
    }

    /// <summary>Reads the end of the timeline and publishes it if it is another than the one that is known.</summary>
    public void Refresh(SqliteConnection connection)
    {
        lock (_gate)
        {
            var newest = connection.Number("SELECT coalesce(max(sequence), 0) FROM timeline");
            if (newest == feed.Current.Sequence)
            {
                return;
            }

            var recent = TimelineRows.ReadAll(connection, new TimelineQuery { NewestFirst = true, Limit = MostRecent });
            recent.Reverse();
            feed.Publish(recent.Count == 0 ? TimelineHead.Empty : new TimelineHead(recent[^1].Sequence, [.. recent]));
        }
    }
}
