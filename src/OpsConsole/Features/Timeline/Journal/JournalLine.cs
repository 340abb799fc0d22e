using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline.Journal;

/// <summary>An event as it stands in the journal.</summary>
internal sealed record JournalLine(
    DateTimeOffset JournaledAt, string Actor, string Kind, string Subject, string Reason, ImmutableSortedDictionary<string, string> Data)
{
    public const string Fact = "journaledAt";

    public static JournalLine Of(TimelineEvent @event, DateTimeOffset at) =>
        new(at, @event.Actor, @event.Kind, @event.Subject, @event.Reason, @event.Data);

    public string Stamp => JournaledAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public TimelineEvent ToEvent() => new()
    {
        Actor = Actor,
        Kind = Kind,
        Subject = Subject,
        Reason = Reason,
        Data = TimelineEvent.NoData.AddRange(Data),
    };

    /// <summary>The event as it is written late: with the time when it really happened.</summary>
    public TimelineEvent ToReplay() => ToEvent().With(Fact, Stamp);

    /// <summary>Whether the entry is this line, replayed before, or written after all although its writer had stopped waiting.</summary>
    public bool IsIn(TimelineEntry entry) =>
        entry.Actor == Actor && entry.Reason == Reason
        && (entry.Data.TryGetValue(Fact, out var stamp)
            ? stamp == Stamp
            : (entry.At - JournaledAt).Duration() <= TimeSpan.FromSeconds(5)
              && entry.Data.Count == Data.Count && Data.All(fact => entry.Data.GetValueOrDefault(fact.Key) == fact.Value));
}
