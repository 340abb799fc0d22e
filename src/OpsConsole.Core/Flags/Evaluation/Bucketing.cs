namespace OpsConsole.Core.Flags.Evaluation;

/// <summary>
/// Which targeting keys a percentage serves: flagd's <c>fractional</c>, version 2, over the flag's key followed by the targeting key,
/// with a total weight of 100. A key that is served at one percentage is served at every higher one.
/// </summary>
/// <param name="flagKey">The flag's key.</param>
internal readonly struct Bucketing(string flagKey)
{
    private readonly Murmur3 _flagKey = default(Murmur3).Append(flagKey);

    /// <summary>The bucket of a targeting key, 0 to 99.</summary>
    /// <param name="targetingKey">Who asks.</param>
    public int Bucket(string targetingKey) => (int)(((ulong)_flagKey.Append(targetingKey).Value * 100) >> 32);
}
