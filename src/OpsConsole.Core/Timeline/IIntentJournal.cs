using System.Collections.Immutable;

namespace OpsConsole.Core.Timeline;

/// <summary>Something that was decided and holds already, but is not in the store yet.</summary>
/// <param name="Intent">What was decided; its subject names it.</param>
/// <param name="At">When.</param>
/// <param name="Place">Where it is kept: <see cref="JournalPlace.Journal"/> or, lost with the process, <see cref="JournalPlace.Memory"/>.</param>
public sealed record KeptIntent(TimelineEvent Intent, DateTimeOffset At, JournalPlace Place);

/// <summary>
/// What goes ahead of a store that cannot be written – an OFF, an engaged safety lever – is kept here, beside the store, so that it
/// still holds after a restart. Unlike the events of halts it is not replayed: whoever decided it writes its record and its event in
/// one, and then lets it be forgotten.
/// </summary>
public interface IIntentJournal
{
    /// <summary>What was kept, by its subject, and is not in the store yet; also that of consoles before this one.</summary>
    ImmutableDictionary<string, KeptIntent> Kept { get; }

    /// <summary>Keeps an intent in the place of what was kept of its subject before. It is on disk when this returns, if that is possible. Never throws.</summary>
    /// <param name="intent">What was decided.</param>
    KeptIntent Keep(TimelineEvent intent);

    /// <summary>Forgets what is in the store now. Never throws.</summary>
    /// <param name="subject">Its subject.</param>
    void Forget(string subject);
}
