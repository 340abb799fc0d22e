namespace OpsConsole.Core.Replicas;

/// <summary>A small value that the replicas of a console share.</summary>
/// <param name="Name">Its name, e.g. <c>leader</c> or <c>replica/a-1f3c</c>.</param>
/// <param name="Version">1 when it was written first, one more with each change; it also tells a renewed value from an old one.</param>
/// <param name="Content">The value.</param>
public sealed record Cell(string Name, long Version, ReadOnlyMemory<byte> Content);

/// <summary>
/// What replicas tell each other through the shared store: leases, slots, presence, the newest looks at health. Unlike a record, a cell has
/// no event: that a lease was renewed is nothing that anybody would look for on the timeline.
/// </summary>
/// <remarks>
/// Each write is conditional and atomic, also between processes; what was written is read by everybody who begins to read after the write
/// has returned. It survives the death of every process. Every method throws <see cref="Records.StoreUnavailableException"/> when the store
/// cannot be reached; whether a write that failed so was carried out is then unknown.
/// </remarks>
public interface ICellStore
{
    /// <summary>The most bytes that a cell can hold.</summary>
    const int MaxContent = 256 * 1024;

    /// <summary>One cell, or <see langword="null"/>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Cell?> ReadAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Every cell whose name begins with a prefix, by name in ordinal order.</summary>
    /// <param name="prefix">The part of the names up to and with the first slash, e.g. <c>replica/</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<Cell>> ListAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Writes a cell, if nobody changed it meanwhile. Its version is then one more than the expected one.</summary>
    /// <param name="name">Its name, 1 to 200 characters.</param>
    /// <param name="content">The value, <see cref="MaxContent"/> bytes at most.</param>
    /// <param name="expectedVersion">The version on which the change rests; 0 to create.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    /// <returns><see langword="false"/> if the cell has another version; then nothing was written.</returns>
    ValueTask<bool> WriteAsync(
        string name, ReadOnlyMemory<byte> content, long expectedVersion, CancellationToken cancellationToken = default);

    /// <summary>Deletes a cell, if nobody changed it meanwhile. Only for names that are never used again: a new cell begins at version 1.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="expectedVersion">The version on which the change rests.</param>
    /// <param name="cancellationToken">Gives up before deleting.</param>
    /// <returns><see langword="false"/> if the cell has another version, or is not there.</returns>
    ValueTask<bool> DeleteAsync(string name, long expectedVersion, CancellationToken cancellationToken = default);
}
