using System.Buffers;
using System.Text;

namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>
/// Which targeting keys a percentage serves: flagd's <c>fractional</c>, version 2, over the flag's key followed by the targeting key,
/// with a total weight of 100. A key that is served at one percentage is served at every higher one.
/// </summary>
internal static class Bucketing
{
    private const int OnStack = 128;

    /// <summary>The bucket of a targeting key, 0 to 99.</summary>
    /// <param name="flagKey">The flag's key in UTF-8.</param>
    /// <param name="targetingKey">Who asks.</param>
    public static int Bucket(ReadOnlySpan<byte> flagKey, string targetingKey)
    {
        var most = flagKey.Length + Encoding.UTF8.GetMaxByteCount(targetingKey.Length);
        if (most <= OnStack)
        {
            return Bucket(flagKey, targetingKey, stackalloc byte[OnStack]);
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        var bucket = Bucket(flagKey, targetingKey, rented);
        ArrayPool<byte>.Shared.Return(rented);
        return bucket;
    }

    private static int Bucket(ReadOnlySpan<byte> flagKey, string targetingKey, Span<byte> buffer)
    {
        flagKey.CopyTo(buffer);
        var length = flagKey.Length + Encoding.UTF8.GetBytes(targetingKey, buffer[flagKey.Length..]);
        return (int)(((ulong)Murmur3.Hash(buffer[..length]) * 100) >> 32);
    }
}
