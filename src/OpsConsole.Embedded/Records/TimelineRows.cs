using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Embedded.Records;

/// <summary>How entries stand in the table, and how a query becomes SQL.</summary>
internal static class TimelineRows
{
    public const string Columns = "sequence, at, actor, kind, subject, reason, data, hash, previous_hash";

    private const string ContainsText = "contains_text";

    /// <summary>The entry of the reader's row.</summary>
    /// <exception cref="FormatException">The row was not written by the console.</exception>
    public static TimelineEntry Read(SqliteDataReader row)
    {
        try
        {
            return new TimelineEntry(
                row.GetInt64(0),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetString(5),
                ReadData(row.GetString(6)),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(7)),
                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(8)));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentOutOfRangeException or InvalidCastException)
        {
            throw new FormatException($"Entry {row.GetInt64(0)} cannot be read: {exception.Message}", exception);
        }
    }

    public static string WriteData(ImmutableSortedDictionary<string, string> data) =>
        data.IsEmpty ? "{}" : JsonSerializer.Serialize(data, EmbeddedJson.Default.ImmutableSortedDictionaryStringString);

    public static List<TimelineEntry> ReadAll(SqliteConnection connection, TimelineQuery query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = ToSql(connection, query, command.Parameters);
        using var rows = command.ExecuteReader();
        List<TimelineEntry> entries = [];
        while (rows.Read())
        {
            entries.Add(Read(rows));
        }

        return entries;
    }

    private static ImmutableSortedDictionary<string, string> ReadData(string json)
    {
        if (json == "{}")
        {
            return TimelineEvent.NoData;
        }

        var data = JsonSerializer.Deserialize(json, EmbeddedJson.Default.DictionaryStringString);
        return data is null || data.ContainsValue(null!)
            ? throw new JsonException("A fact has no value.")
            : TimelineEvent.NoData.AddRange(data);
    }

    private static string ToSql(SqliteConnection connection, TimelineQuery query, SqliteParameterCollection parameters)
    {
        var sql = new StringBuilder($"SELECT {Columns} FROM timeline WHERE 1");
        Add("sequence > $after", "$after", query.After);
        Add("sequence < $before", "$before", query.Before);
        Add("at >= $from", "$from", query.From is { } from ? CeilingMilliseconds(from) : null);
        Add("at < $to", "$to", query.To is { } to ? CeilingMilliseconds(to) : null);
        Add("actor = $actor", "$actor", query.Actor);
        Add("subject = $subject", "$subject", query.Subject);
        if (query.Kind is { } kind)
        {
            AddKind(kind);
        }

        if (query.Text is { Length: > 0 } text)
        {
            connection.CreateFunction(
                ContainsText,
                (string actor, string kind, string subject, string reason) =>
                    reason.Contains(text, StringComparison.OrdinalIgnoreCase)
                    || subject.Contains(text, StringComparison.OrdinalIgnoreCase)
                    || actor.Contains(text, StringComparison.OrdinalIgnoreCase)
                    || kind.Contains(text, StringComparison.OrdinalIgnoreCase));
            sql.Append(CultureInfo.InvariantCulture, $" AND {ContainsText}(actor, kind, subject, reason)");
        }

        sql.Append(query.NewestFirst ? " ORDER BY sequence DESC" : " ORDER BY sequence");
        sql.Append(CultureInfo.InvariantCulture, $" LIMIT {query.Limit}");
        return sql.ToString();

        void Add(string condition, string name, object? value)
        {
            if (value is not null)
            {
                sql.Append(" AND ").Append(condition);
                parameters.AddWithValue(name, value);
            }
        }

        void AddKind(string kind)
        {
            var dot = kind.IndexOf('.', StringComparison.Ordinal);
            Add($"{RecordSchema.Family} = $family", "$family", kind[..(dot + 1)]);
            if (!kind.EndsWith('.'))
            {
                Add("kind = $kind", "$kind", kind);
            }
            else if (dot < kind.Length - 1)
            {
                Add("substr(kind, 1, length($kind)) = $kind", "$kind", kind);
            }
        }
    }

    private static long CeilingMilliseconds(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        return time.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? milliseconds : milliseconds + 1;
    }
}
