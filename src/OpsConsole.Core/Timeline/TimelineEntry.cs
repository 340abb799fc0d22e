using System.Collections.Immutable;

namespace OpsConsole.Core.Timeline;

/// <summary>An event in its place in the one append-only, hash-chained log.</summary>
/// <param name="Sequence">Its number: 1, 2, 3 … without a gap.</param>
/// <param name="At">When it was written, in UTC, cut to milliseconds.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Kind">What was done; one of <see cref="TimelineKinds"/>.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="Reason">Why.</param>
/// <param name="Data">Further facts by name.</param>
/// <param name="Hash">The entry's hash, 64 lower-case hexadecimal digits; see <see cref="HashChain"/>.</param>
/// <param name="PreviousHash">The hash of the entry before it; <see cref="HashChain.Genesis"/> for the first.</param>
public sealed record TimelineEntry(
    long Sequence,
    DateTimeOffset At,
    string Actor,
    string Kind,
    string Subject,
    string Reason,
    ImmutableSortedDictionary<string, string> Data,
    string Hash,
    string PreviousHash);
