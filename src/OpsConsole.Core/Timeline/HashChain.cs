using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OpsConsole.Core.Timeline;

/// <summary>
/// The chain that makes a silent change of the past visible: each entry's hash is
/// <c>SHA-256(previous hash ‖ sequence ‖ at ‖ actor ‖ kind ‖ subject ‖ reason ‖ data…)</c>. Numbers are 8 bytes, big-endian (the time as Unix
/// milliseconds); texts are UTF-8, each behind its length in 4 bytes, so that no two entries are written alike.
/// </summary>
public static class HashChain
{
    /// <summary>What stands before the first entry.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Gives an event its place behind the newest entry.</summary>
    /// <param name="event">The event.</param>
    /// <param name="at">When; it is cut to milliseconds.</param>
    /// <param name="lastSequence">The newest entry's number, 0 if there is none.</param>
    /// <param name="lastHash">The newest entry's hash, <see cref="Genesis"/> if there is none.</param>
    public static TimelineEntry Append(TimelineEvent @event, DateTimeOffset at, long lastSequence, string lastHash)
    {
        var entry = new TimelineEntry(
            lastSequence + 1,
            DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()),
            @event.Actor,
            @event.Kind,
            @event.Subject,
            @event.Reason,
            @event.Data,
            Hash: "",
            lastHash);
        return entry with { Hash = ComputeHash(entry) };
    }

    /// <summary>The hash that the entry must have.</summary>
    /// <param name="entry">The entry; its own <see cref="TimelineEntry.Hash"/> is not looked at.</param>
    public static string ComputeHash(TimelineEntry entry)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(sha, entry.PreviousHash);
        Append(sha, entry.Sequence);
        Append(sha, entry.At.ToUnixTimeMilliseconds());
        Append(sha, entry.Actor);
        Append(sha, entry.Kind);
        Append(sha, entry.Subject);
        Append(sha, entry.Reason);
        Append(sha, entry.Data.Count);
        foreach (var (name, value) in entry.Data)
        {
            Append(sha, name);
            Append(sha, value);
        }

        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static void Append(IncrementalHash sha, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        sha.AppendData(bytes);
    }

    private static void Append(IncrementalHash sha, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        sha.AppendData(length);
        sha.AppendData(bytes);
    }
}
