using System.Numerics;
using System.Text;
using CsCheck;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Tests.Flags;

public sealed class EvaluatorTests
{
    private static readonly Bucketing Canary = new("canary");

    /// <summary>Half of them are short and plain, as keys are; the others have anything in them, also halves of surrogates.</summary>
    private static readonly Gen<string> Text = Gen.OneOf(Gen.Char['a', 'z'].Array[0, 40].Select(letters => new string(letters)), Gen.String);

    [Theory]
    [InlineData("user-1", 0x3b526fef, 23)]
    [InlineData("user-2", 0x0d75ff1d, 5)]
    public void Keys_hash_as_flagd_hashes_them(string targetingKey, uint hash, int bucket)
    {
        Assert.Equal(hash, default(Murmur3).Append("canary" + targetingKey).Value);
        Assert.Equal(bucket, Canary.Bucket(targetingKey));
    }

    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("a", 0x3c2569b2u)]
    [InlineData("hello", 0x248bfa47u)]
    [InlineData("hello, world", 0x149bbb7fu)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2e4ff723u)]
    [InlineData("Zürich 🚦 \ufffd!", 0x0771b3a3u)]
    public void A_text_is_hashed_as_its_bytes_in_UTF_8_are(string text, uint hash) => Assert.Equal(hash, default(Murmur3).Append(text).Value);

    [Fact]
    public void Any_text_is_hashed_as_its_bytes_wherever_it_is_cut() =>
        Gen.Select(Text, Text).Sample((first, second) =>
            default(Murmur3).Append(first).Append(second).Value == Textbook([.. Encoding.UTF8.GetBytes(first), .. Encoding.UTF8.GetBytes(second)]));

    [Theory]
    [InlineData("user-3", 11)]
    [InlineData("user-4", 70)]
    [InlineData("user-17", 90)]
    public void Keys_fall_into_flagds_buckets(string targetingKey, int bucket) =>
        Assert.Equal(bucket, Canary.Bucket(targetingKey));

    [Fact]
    public void A_key_that_is_served_stays_served_when_the_percentage_rises() =>
        Gen.Select(Gen.String, Gen.Int[0, 100], Gen.Int[0, 100]).Sample((key, one, other) =>
        {
            var (low, high) = (Math.Min(one, other), Math.Max(one, other));
            return !Decide(low, key).Served || Decide(high, key).Served;
        });

    [Fact]
    public void A_percentage_serves_about_its_share()
    {
        var served = Enumerable.Range(0, 10_000).Count(i => Decide(30, $"user-{i}").Served);
        Assert.InRange(served, 2_850, 3_150);
    }

    [Fact]
    public void A_long_targeting_key_is_bucketed_like_a_short_one() =>
        Assert.InRange(Canary.Bucket(new string('ü', 5_000)), 0, 99);

    [Fact]
    public void A_percentage_without_a_targeting_key_is_OFF() =>
        Assert.Equal(FlagCause.TargetingKeyMissing, Decide(100, "").Cause);

    [Fact]
    public void A_flag_is_OFF_when_its_prerequisite_is() =>
        Assert.Equal(FlagCause.PrerequisiteOff, Book(Flag("a", needs: ["b"]), Flag("b", enabled: false)).Find("a")!.Decide(null).Cause);

    [Fact]
    public void A_flag_is_OFF_when_its_prerequisite_is_shed() =>
        Assert.False(Book(Flag("a", needs: ["b"]), Flag("b", gateOpen: false)).Find("a")!.Decide(null).Served);

    [Fact]
    public void Flags_that_wait_for_each_other_are_OFF()
    {
        var book = Book(Flag("a", needs: ["b"]), Flag("b", needs: ["c"]), Flag("c", needs: ["a"]), Flag("d", needs: ["b"]), Flag("free"));
        Assert.All(book.Rules, rule => Assert.Equal(rule.Definition.Key == "free", rule.Decide(null).Served));
        Assert.Equal(
            ["a", "b", "c", "a"],
            FlagRuleBook.FindCycle("a", key => book.Find(key)!.Definition.Prerequisites));
    }

    [Fact]
    public void What_is_served_needs_everything_to_hold() =>
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 100], Gen.String[1, 20])
            .Sample((enabled, archived, open, prerequisite, percentage, key) =>
            {
                var rule = Book(
                    new("a", enabled, archived, percentage, open, Leased: true, ["b"]), Flag("b", enabled: prerequisite)).Find("a")!;
                return rule.Decide(key).Served
                    == (enabled && !archived && open && prerequisite && new Bucketing("a").Bucket(key) < percentage);
            });

    [Fact]
    public void A_reason_is_one_that_every_client_accepts()
    {
        string[] accepted = ["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"];
        Assert.All(Enum.GetValues<FlagCause>(), cause => Assert.Contains(new FlagDecision(cause).Reason, accepted));
    }

    /// <summary>MurmurHash3 x86 32 over bytes, step by step.</summary>
    private static uint Textbook(byte[] bytes)
    {
        static uint Scrambled(uint block) => BitOperations.RotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
        var hash = 0u;
        foreach (var block in bytes.Chunk(4))
        {
            var value = block.Reverse().Aggregate(0u, (all, next) => (all << 8) | next);
            hash ^= Scrambled(value);
            hash = block.Length == 4 ? (BitOperations.RotateLeft(hash, 13) * 5) + 0xe6546b64 : hash;
        }

        hash ^= (uint)bytes.Length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    private static FlagDecision Decide(int percentage, string key) =>
        Book(new FlagDefinition("canary", true, false, percentage, GateOpen: true, Leased: false, [])).Find("canary")!.Decide(key);

    private static FlagRuleBook Book(params FlagDefinition[] flags) => FlagRuleBook.Link(flags);

    private static FlagDefinition Flag(string key, bool enabled = true, bool gateOpen = true, string[]? needs = null) =>
        new(key, enabled, Archived: false, Percentage: null, gateOpen, Leased: false, needs ?? []);
}
