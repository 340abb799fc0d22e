using System.Text.Json.Serialization.Metadata;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Core.Records;

/// <summary>A kind of record: its name in the store and how it is written.</summary>
/// <typeparam name="T">An immutable record.</typeparam>
/// <param name="Name">The name in the store, e.g. <c>flags</c>.</param>
/// <param name="Json">How it is written as JSON.</param>
public sealed record RecordKind<T>(string Name, JsonTypeInfo<T> Json)
    where T : class;

/// <summary>A record with its revision.</summary>
/// <typeparam name="T">An immutable record.</typeparam>
/// <param name="Id">Its key within its kind.</param>
/// <param name="Revision">1 when created, one more with each change.</param>
/// <param name="Value">The record.</param>
public sealed record Stored<T>(string Id, long Revision, T Value)
    where T : class;

/// <summary>What became of a save or a delete.</summary>
/// <typeparam name="T">An immutable record.</typeparam>
public abstract record SaveOutcome<T>
    where T : class
{
    private SaveOutcome()
    {
    }

    /// <summary>It is on disk, together with its event.</summary>
    /// <param name="Record">The record as it now is (for a delete, as it last was).</param>
    /// <param name="Entry">Its event.</param>
    public sealed record Saved(Stored<T> Record, TimelineEntry Entry) : SaveOutcome<T>;

    /// <summary>Somebody else was there first; nothing was written.</summary>
    /// <param name="Current">What is there now; <see langword="null"/> if there is nothing.</param>
    public sealed record Conflict(Stored<T>? Current) : SaveOutcome<T>;
}

/// <summary>The store cannot be read or written now: a full disk, a lost connection. The message says which.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="inner">The vendor's exception.</param>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Where records are kept. A change and its event are one atomic write.</summary>
/// <remarks>Every method throws <see cref="StoreUnavailableException"/> when the store cannot be reached.</remarks>
public interface IRecordStore
{
    /// <summary>One record, or <see langword="null"/>.</summary>
    /// <typeparam name="T">The record's type.</typeparam>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Stored<T>?> GetAsync<T>(RecordKind<T> kind, string id, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Every record of a kind, by key in ordinal order.</summary>
    /// <typeparam name="T">The records' type.</typeparam>
    /// <param name="kind">Their kind.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<Stored<T>>> ListAsync<T>(RecordKind<T> kind, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Writes a record and its event, if nobody changed the record meanwhile.</summary>
    /// <typeparam name="T">The record's type.</typeparam>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its key.</param>
    /// <param name="value">The record.</param>
    /// <param name="expectedRevision">The revision on which the change rests; 0 to create.</param>
    /// <param name="change">The event that goes with the change.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    ValueTask<SaveOutcome<T>> SaveAsync<T>(
        RecordKind<T> kind, string id, T value, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Deletes a record and writes the event, if nobody changed the record meanwhile.</summary>
    /// <typeparam name="T">The record's type.</typeparam>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its key.</param>
    /// <param name="expectedRevision">The revision on which the change rests.</param>
    /// <param name="change">The event that goes with the change.</param>
    /// <param name="cancellationToken">Gives up before writing.</param>
    ValueTask<SaveOutcome<T>> DeleteAsync<T>(
        RecordKind<T> kind, string id, long expectedRevision, TimelineEvent change, CancellationToken cancellationToken = default)
        where T : class;
}
