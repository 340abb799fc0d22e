using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpsConsole.Aws.Dynamo;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>
/// What can be found on a full page, which never changes: the times, and fingerprints of the actors, kinds and subjects. A page that
/// cannot hold what is looked for is not read.
/// </summary>
/// <param name="Page">The page's number.</param>
/// <param name="From">The earliest time, in Unix milliseconds.</param>
/// <param name="To">The latest time, in Unix milliseconds.</param>
/// <param name="Marks">The fingerprints, in order.</param>
internal sealed record PageSummary(long Page, long From, long To, ImmutableArray<uint> Marks)
{
    public const string Partition = "timeline-pages";

    public static PageSummary Of(long page, IReadOnlyCollection<Link> links)
    {
        var marks = new HashSet<uint>();
        foreach (var entry in links.Select(link => link.Entry))
        {
            marks.Add(Mark('a', entry.Actor));
            marks.Add(Mark('s', entry.Subject));
            marks.Add(Mark('k', entry.Kind));
            marks.Add(Mark('f', Family(entry.Kind)));
        }

        return new(
            page,
            links.Min(link => link.Entry.At).ToUnixTimeMilliseconds(),
            links.Max(link => link.Entry.At).ToUnixTimeMilliseconds(),
            [.. marks.Order()]);
    }

    public static PageSummary? Read(Item item)
    {
        if (!long.TryParse(item.GetText(RecordsTable.Sort), NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            || item.GetNumber("from") is not { } from || item.GetNumber("to") is not { } to || item.Get("marks")?.B is not { } stream)
        {
            return null;
        }

        var bytes = stream.ToArray();
        var marks = ImmutableArray.CreateBuilder<uint>(bytes.Length / sizeof(uint));
        for (var start = 0; start + sizeof(uint) <= bytes.Length; start += sizeof(uint))
        {
            marks.Add(BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(start)));
        }

        return new(page, from, to, marks.ToImmutable());
    }

    public Item Write(ItemKey key)
    {
        var bytes = new byte[Marks.Length * sizeof(uint)];
        for (var index = 0; index < Marks.Length; index++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(index * sizeof(uint)), Marks[index]);
        }

        return new(key.Key, StringComparer.Ordinal)
        {
            ["from"] = Attributes.Number(From),
            ["to"] = Attributes.Number(To),
            ["marks"] = Attributes.Bytes(bytes),
        };
    }

    public bool MayHold(TimelineQuery query) =>
        !(query.From is { } from && To < from.ToUnixTimeMilliseconds())
        && !(query.To is { } to && From > to.ToUnixTimeMilliseconds())
        && Has('a', query.Actor)
        && Has('s', query.Subject)
        && (query.Kind is not { } kind || (kind.EndsWith('.') ? Has('f', Family(kind)) : Has('k', kind)));

    private static string Family(string kind) => kind[..(kind.IndexOf('.', StringComparison.Ordinal) + 1)];

    private static uint Mark(char what, string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(what + text), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    private bool Has(char what, string? text) => text is null || Marks.BinarySearch(Mark(what, text)) >= 0;
}
