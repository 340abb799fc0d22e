namespace OpsConsole.Core.Timeline;

/// <summary>Where something that had to go ahead of the store has been kept.</summary>
public enum JournalPlace
{
    /// <summary>In the timeline, on disk.</summary>
    Timeline,

    /// <summary>In the local journal, on disk; it is replayed into the timeline when that can be written again.</summary>
    Journal,

    /// <summary>In memory, because not even the journal can be written; it is replayed as long as the process lives.</summary>
    Memory,
}

/// <summary>
/// Halting fails open: a halt never waits for a store that is gone. Its events are kept here and are replayed into the timeline
/// in their order, each with the fact <c>journaledAt</c> (ISO 8601, UTC): when it really happened.
/// </summary>
public interface IHaltJournal
{
    /// <summary>How many events wait to be replayed.</summary>
    int Waiting { get; }

    /// <summary>Writes an event to the timeline if that succeeds within a short time, else to the local journal. Never throws.</summary>
    /// <param name="event">What happened.</param>
    /// <returns>Where it is kept now.</returns>
    ValueTask<JournalPlace> WriteAsync(TimelineEvent @event);
}
