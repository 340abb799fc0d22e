using System.Globalization;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>An entry with the name of the event that it is.</summary>
internal sealed record Link(TimelineEntry Entry, string EventId);

/// <summary>How entries stand in the table: pages of 1,000, each a partition, in which the entries are ordered by their number.</summary>
internal sealed class TimelineItems(AwsOptions options, EventPacker packer)
{
    public const int PageSize = 1000;

    private const string At = "at", Actor = "actor", Kind = "kind", Subject = "subject", Reason = "reason", Data = "data";
    private const string Hash = "hash", PreviousHash = "previousHash", EventId = "event", Parts = "parts";

    public static long PageOf(long sequence) => (sequence - 1) / PageSize;

    public static long FirstOf(long page) => (page * PageSize) + 1;

    public static bool IsLastOfPage(long sequence) => sequence % PageSize == 0;

    public static string PartitionOf(long page) => $"timeline#{page.ToString("D6", CultureInfo.InvariantCulture)}";

    public static string SortOf(long sequence) => sequence.ToString("D12", CultureInfo.InvariantCulture);

    public ItemKey KeyOf(long sequence) => RecordsTable.Key(options.RecordsTable, PartitionOf(PageOf(sequence)), SortOf(sequence));

    public Item Write(TimelineEntry entry, PackedEvent packed)
    {
        var item = new Item(KeyOf(entry.Sequence).Key, StringComparer.Ordinal)
        {
            [At] = Attributes.Number(entry.At.ToUnixTimeMilliseconds()),
            [Hash] = Attributes.Text(entry.Hash),
            [PreviousHash] = Attributes.Text(entry.PreviousHash),
            [EventId] = Attributes.Text(packed.Id),
        };
        if (packed.Parts > 0)
        {
            item[Parts] = Attributes.Number(packed.Parts);
            return item;
        }

        item[Actor] = Attributes.Text(entry.Actor);
        item[Kind] = Attributes.Text(entry.Kind);
        item[Subject] = Attributes.Text(entry.Subject);
        item[Reason] = Attributes.Text(entry.Reason);
        if (!entry.Data.IsEmpty)
        {
            item[Data] = Attributes.Map(new(entry.Data.Select(fact => KeyValuePair.Create(fact.Key, Attributes.Text(fact.Value))), StringComparer.Ordinal));
        }

        return item;
    }

    /// <summary>The entry of an item.</summary>
    /// <exception cref="FormatException">It was not written by the console.</exception>
    public async ValueTask<Link> ReadAsync(Item item, CancellationToken cancellationToken)
    {
        var place = item.GetText(RecordsTable.Sort);
        if (!long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || item.GetNumber(At) is not { } at || item.GetText(Hash) is not { } hash || item.GetText(PreviousHash) is not { } previous)
        {
            throw new FormatException($"Entry {place?.TrimStart('0')} is not complete.");
        }

        var id = item.GetText(EventId) ?? "";
        var parts = (int)(item.GetNumber(Parts) ?? 0);
        var @event = parts > 0 ? (await packer.UnpackAsync(id, null, parts, cancellationToken)).Event : ReadEvent(item);
        return new(
            new(
                sequence, DateTimeOffset.FromUnixTimeMilliseconds(at), @event.Actor, @event.Kind, @event.Subject, @event.Reason, @event.Data, hash, previous),
            id);
    }

    private static TimelineEvent ReadEvent(Item item)
    {
        var data = TimelineEvent.NoData.ToBuilder();
        foreach (var (name, value) in item.GetMap(Data) ?? [])
        {
            data[name] = value.S ?? "";
        }

        return new()
        {
            Actor = item.GetText(Actor) ?? "",
            Kind = item.GetText(Kind) ?? "",
            Subject = item.GetText(Subject) ?? "",
            Reason = item.GetText(Reason) ?? "",
            Data = data.ToImmutable(),
        };
    }
}
