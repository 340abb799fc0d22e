using System.Text;
using System.Text.Json;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>
/// Makes events fit into items. An event that is too long for one is cut into parts, which are written before anything refers to them; what is
/// cut off by a crash is never referred to.
/// </summary>
internal sealed class EventPacker(DynamoCalls calls, AwsOptions options, TimeProvider time)
{
    private const int MostInItem = 64 * 1024;
    private const int MostInPart = 300 * 1024;
    private const string Line = "line";

    public async ValueTask<PackedEvent> PackAsync(TimelineEvent @event)
    {
        var storable = EventText.Storable(@event);
        var id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
        var line = JsonSerializer.SerializeToUtf8Bytes(EventLine.Of(storable), EventJson.Default.EventLine);
        // A map has no member without a name.
        if (line.Length <= MostInItem && !storable.Data.ContainsKey(""))
        {
            return new(id, storable, Encoding.UTF8.GetString(line), 0);
        }

        var parts = line.Chunk(MostInPart).ToList();
        for (var number = 0; number < parts.Count; number++)
        {
            var key = PartKey(id, number);
            await calls.PutAsync(new() { TableName = key.Table, Item = new(key.Key, StringComparer.Ordinal) { [Line] = Attributes.Bytes(parts[number]) } }, key);
        }

        return new(id, storable, null, parts.Count);
    }

    /// <summary>The event again.</summary>
    /// <exception cref="FormatException">It is not there as it was written.</exception>
    public async ValueTask<PackedEvent> UnpackAsync(string id, string? json, int parts, CancellationToken cancellationToken = default)
    {
        try
        {
            var line = json is not null ? Encoding.UTF8.GetBytes(json) : await JoinAsync(id, parts, cancellationToken);
            return JsonSerializer.Deserialize(line, EventJson.Default.EventLine) is { Actor: not null, Kind: not null, Subject: not null, Reason: not null, Data: not null } known
                ? new(id, known.ToEvent(), json, parts)
                : throw new FormatException($"Event {id} is not complete.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"Event {id} cannot be read: {exception.Message}", exception);
        }
    }

    private async ValueTask<byte[]> JoinAsync(string id, int parts, CancellationToken cancellationToken)
    {
        using var joined = new MemoryStream();
        for (var number = 0; number < parts; number++)
        {
            var part = await calls.GetAsync(PartKey(id, number), cancellationToken);
            if (part?.Get(Line)?.B is not { } bytes)
            {
                throw new FormatException($"Part {number + 1} of {parts} of event {id} is missing.");
            }

            await bytes.CopyToAsync(joined, cancellationToken);
        }

        return joined.ToArray();
    }

    private ItemKey PartKey(string id, int number) => RecordsTable.Key(options.RecordsTable, $"event#{id}", number.ToString("D4"));
}
