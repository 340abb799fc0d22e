using OpsConsole.Core.Replicas;

namespace OpsConsole.Features.Replicas;

/// <summary>
/// The newest looks in the shared store, in a ring of cells: a replica that misses one or two finds them. What a leader before wrote late is
/// known by its term.
/// </summary>
internal sealed class LookCells(ICellStore cells)
{
    public const string Prefix = "look/";

    private const int Count = 16;

    private readonly long?[] _versions = new long?[Count];

    /// <summary>Writes a look. One caller.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> look, CancellationToken cancellationToken)
    {
        var slot = (int)(LookCodec.Peek(look.Span).Sequence % Count);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var version = _versions[slot] ??= (await cells.ReadAsync(Name(slot), cancellationToken))?.Version ?? 0;
            _versions[slot] = null;
            if (await cells.WriteAsync(Name(slot), look, version, cancellationToken))
            {
                _versions[slot] = version + 1;
                return;
            }
        }
    }

    /// <summary>The looks that follow one, in order, as far as they come one after the other: one read if there is none.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> AfterAsync(long term, long sequence, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> found = [];
        for (var next = sequence + 1; found.Count < Count; next++)
        {
            var cell = await cells.ReadAsync(Name((int)(next % Count)), cancellationToken);
            if (cell is null || LookCodec.Peek(cell.Content.Span) != (term, next))
            {
                break;
            }

            found.Add(cell.Content);
        }

        return found;
    }

    /// <summary>Every look that is newer than one, in order.</summary>
    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> AllAfterAsync(long term, long sequence, CancellationToken cancellationToken) =>
    [
        .. (await cells.ListAsync(Prefix, cancellationToken))
            .Select(cell => (cell.Content, Place: LookCodec.Peek(cell.Content.Span)))
            .Where(look => look.Place.CompareTo((term, sequence)) > 0)
            .OrderBy(look => look.Place)
            .Select(look => look.Content),
    ];

    private static string Name(int slot) => $"{Prefix}{slot}";
}
