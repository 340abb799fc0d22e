using OpsConsole.Core.Timeline;

namespace OpsConsole.Core.Flags;

/// <summary>The events of changes of flags: each says what was before and what is now.</summary>
public static class FlagChanges
{
    /// <summary>An event about a flag.</summary>
    /// <param name="kind">One of <see cref="TimelineKinds"/>.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="flag">The flag; the service that it watches is named.</param>
    public static TimelineEvent Event(string kind, string actor, string reason, Flag flag) => new TimelineEvent
    {
        Actor = actor,
        Kind = kind,
        Subject = Subjects.Flag(flag.Key),
        Reason = reason,
    }.With("service", flag.Conditions?.Service);

    /// <summary>The event of a change: each member that differs as <c>before → after</c>.</summary>
    /// <param name="before">The flag before; <see langword="null"/> if it is new.</param>
    /// <param name="after">The flag now.</param>
    /// <param name="actor">Who.</param>
    /// <param name="reason">Why.</param>
    public static TimelineEvent Between(Flag? before, Flag after, string actor, string reason)
    {
        if (before is null)
        {
            return Event(TimelineKinds.FlagCreated, actor, reason, after).With("enabled", OnOff(after.Enabled));
        }

        var changed = Members(before).Zip(Members(after)).Where(pair => pair.First.Value != pair.Second.Value).ToList();
        var kind = changed is [{ First.Name: "enabled" }]
            ? after.Enabled ? TimelineKinds.FlagFlippedOn : TimelineKinds.FlagFlippedOff
            : TimelineKinds.FlagChanged;
        return changed.Aggregate(
            Event(kind, actor, reason, after),
            (change, pair) => change.With(pair.First.Name, $"{pair.First.Value} → {pair.Second.Value}"));
    }

    /// <summary>The event of a change that was made beside the console, in the store itself: each member that differs as <c>before → after</c>.</summary>
    /// <param name="before">The flag before; <see langword="null"/> if it was not known.</param>
    /// <param name="after">The flag now; <see langword="null"/> if it was removed.</param>
    /// <param name="reason">How it was noticed; one sentence.</param>
    public static TimelineEvent Outside(Flag? before, Flag? after, string reason)
    {
        var subject = after ?? before ?? throw new ArgumentNullException(nameof(after), "Name the flag before or after.");
        var nothing = new Flag { Key = subject.Key };
        return Members(before ?? nothing).Zip(Members(after ?? nothing)).Aggregate(
            Event(TimelineKinds.FlagChanged, Actors.Outside, reason, subject),
            (change, pair) => pair.First.Name == "enabled" && (before is null || after is null)
                ? change.With("enabled", $"{(before is null ? "none" : pair.First.Value)} → {(after is null ? "none" : pair.Second.Value)}")
                : pair.First.Value == pair.Second.Value ? change
                : change.With(pair.First.Name, $"{pair.First.Value} → {pair.Second.Value}"));
    }

    /// <summary>What can differ between two flags, for people.</summary>
    /// <param name="flag">The flag.</param>
    public static IEnumerable<(string Name, string Value)> Members(Flag flag)
    {
        yield return ("enabled", OnOff(flag.Enabled));
        yield return ("description", flag.Description);
        yield return ("percentage", flag.Percentage is { } percentage ? $"{percentage} %" : "everybody");
        yield return ("prerequisites", flag.Prerequisites.IsDefaultOrEmpty ? "none" : string.Join(", ", flag.Prerequisites));
        yield return ("tier", flag.Tier.ToString());
        yield return ("shedOrder", flag.ShedOrder.ToString());
        yield return ("archived", flag.Archived ? "yes" : "no");
        yield return ("watchedService", flag.Conditions?.Service ?? "none");
        foreach (var limit in FlagLimits.All)
        {
            yield return (limit.Member, flag.Conditions is { } conditions && limit.Read(conditions) is { } most
                ? FlagLimits.Format(limit.Sign, most)
                : "none");
        }

        yield return ("recoverFor", flag.Conditions is { } known ? $"{known.RecoverFor.TotalSeconds:0.###} s" : "none");
        yield return ("latch", flag.Conditions is { Latch: true } ? "yes" : "no");
        yield return ("holdThroughUnknown", flag.Conditions is { HoldThroughUnknown: true } ? "yes" : "no");
    }

    private static string OnOff(bool on) => on ? "ON" : "OFF";
}
