namespace OpsConsole.Core.Timeline;

/// <summary>Re-computes the chain entry by entry, and looks whether the end that this console has already seen is still there.</summary>
/// <param name="known">Entries that were in the timeline before, oldest first.</param>
public sealed class ChainCheck(IReadOnlyList<TimelineEntry> known)
{
    private readonly Dictionary<long, string> _known = known.ToDictionary(static entry => entry.Sequence, static entry => entry.Hash);
    private long _entries;
    private string _lastHash = HashChain.Genesis;
    private (long Sequence, string Problem)? _broken;

    /// <summary>Looks at the next entry; <see langword="false"/> if it does not fit.</summary>
    /// <param name="entry">The entry that was read next, oldest first.</param>
    public bool Accept(TimelineEntry entry)
    {
        var expected = _entries + 1;
        _broken = entry switch
        {
            _ when entry.Sequence != expected =>
                (expected, expected == entry.Sequence - 1
                    ? $"Entry {expected} is missing."
                    : $"Entries {expected} to {entry.Sequence - 1} are missing."),
            _ when entry.PreviousHash != _lastHash => (expected, $"Entry {expected} does not follow the entry before it."),
            _ when entry.Hash != HashChain.ComputeHash(entry) => (expected, $"Entry {expected} was changed after it was written."),
            _ when _known.TryGetValue(expected, out var hash) && hash != entry.Hash =>
                (expected, $"Entry {expected} was replaced by another after it was written."),
            _ => null,
        };
        _entries++;
        _lastHash = entry.Hash;
        return _broken is null;
    }

    /// <summary>Notes that the next entry cannot be read.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="problem">Why; one sentence.</param>
    public void Reject(long sequence, string problem)
    {
        _entries++;
        _broken = (sequence, problem);
    }

    /// <summary>What was found in all entries that were looked at.</summary>
    public ChainVerification Result()
    {
        if (_broken is null && known is [.., var newest] && newest.Sequence > _entries)
        {
            _broken = (_entries + 1, $"The timeline ends at entry {_entries}, but it already had {newest.Sequence}: its end was cut off.");
        }

        return new ChainVerification(_broken is null, _entries, _broken?.Sequence, _broken?.Problem);
    }
}
