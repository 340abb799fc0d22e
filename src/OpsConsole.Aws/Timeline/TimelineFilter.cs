using OpsConsole.Core.Timeline;

namespace OpsConsole.Aws.Timeline;

/// <summary>Which entries a query means.</summary>
internal static class TimelineFilter
{
    /// <summary>Whether the query leaves out entries for another reason than their number.</summary>
    public static bool IsSelective(this TimelineQuery query) =>
        query is not { From: null, To: null, Kind: null, Actor: null, Subject: null };

    public static bool Matches(this TimelineQuery query, TimelineEntry entry) =>
        !(entry.Sequence <= query.After)
        && !(entry.Sequence >= query.Before)
        && !(entry.At < query.From)
        && !(entry.At >= query.To)
        && (query.Actor is null || entry.Actor == query.Actor)
        && (query.Subject is null || entry.Subject == query.Subject)
        && (query.Kind is not { } kind
            || (kind.EndsWith('.') ? entry.Kind.StartsWith(kind, StringComparison.Ordinal) : entry.Kind == kind))
        && (query.Text is not { Length: > 0 } text
            || Contains(entry.Reason, text) || Contains(entry.Subject, text) || Contains(entry.Actor, text) || Contains(entry.Kind, text));

    private static bool Contains(string whole, string part) => whole.Contains(part, StringComparison.OrdinalIgnoreCase);
}
