using System.Collections.Immutable;
using System.Globalization;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Flags;

/// <summary>An OFF that has gone ahead of the store.</summary>
/// <param name="Actor">Who turned it off.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
/// <param name="Place">Where it is kept until the store takes it.</param>
internal sealed record PendingOff(string Actor, string Reason, DateTimeOffset At, JournalPlace Place)
{
    /// <summary>The fact that says when it really happened, on an event that is written late.</summary>
    private const string Fact = "journaledAt";

    /// <summary>Where it stands, for people.</summary>
    public string Sentence => Place == JournalPlace.Memory
        ? "only in memory, because neither the store nor the journal beside it can be written: a restart of the console loses it"
        : "not written yet because the store is unavailable; it is kept over a restart";

    /// <summary>What consoles before this one left.</summary>
    public static ImmutableDictionary<string, PendingOff> From(IIntentJournal intents)
    {
        var subject = Subjects.Flag("");
        return intents.Kept.Values
            .Where(kept => kept.Intent.Kind == TimelineKinds.FlagFlippedOff && kept.Intent.Subject.StartsWith(subject, StringComparison.Ordinal))
            .ToImmutableDictionary(
                kept => kept.Intent.Subject[subject.Length..],
                kept => new PendingOff(kept.Intent.Actor, kept.Intent.Reason, kept.At, kept.Place),
                StringComparer.Ordinal);
    }

    public TimelineEvent ToIntent(string key) =>
        new() { Actor = Actor, Kind = TimelineKinds.FlagFlippedOff, Subject = Subjects.Flag(key), Reason = Reason };

    /// <summary>The event of the change, with the time at which it really happened.</summary>
    public TimelineEvent Late(TimelineEvent change) => change.With(Fact, At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
}
