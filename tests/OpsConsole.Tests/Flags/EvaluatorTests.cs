using System.Text;
using CsCheck;
using OpsConsole.Core.Flags.Evaluation;

namespace OpsConsole.Tests.Flags;

public sealed class EvaluatorTests
{
    [Theory]
    [InlineData("user-1", 0x3b526fef, 23)]
    [InlineData("user-2", 0x0d75ff1d, 5)]
    public void Keys_hash_as_flagd_hashes_them(string targetingKey, uint hash, int bucket)
    {
        Assert.Equal(hash, Murmur3.Hash(Encoding.UTF8.GetBytes("canary" + targetingKey)));
        Assert.Equal(bucket, Bucketing.Bucket("canary"u8, targetingKey));
    }

    [Theory]
    [InlineData("user-3", 11)]
    [InlineData("user-4", 70)]
    [InlineData("user-17", 90)]
    public void Keys_fall_into_flagds_buckets(string targetingKey, int bucket) =>
        Assert.Equal(bucket, Bucketing.Bucket("canary"u8, targetingKey));

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
        Assert.InRange(Bucketing.Bucket("canary"u8, new string('ü', 5_000)), 0, 99);

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
                    == (enabled && !archived && open && prerequisite && Bucketing.Bucket("a"u8, key) < percentage);
            });

    [Fact]
    public void A_reason_is_one_that_every_client_accepts()
    {
        string[] accepted = ["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "UNKNOWN"];
        Assert.All(Enum.GetValues<FlagCause>(), cause => Assert.Contains(new FlagDecision(cause).Reason, accepted));
    }

    private static FlagDecision Decide(int percentage, string key) =>
        Book(new FlagDefinition("canary", true, false, percentage, GateOpen: true, Leased: false, [])).Find("canary")!.Decide(key);

    private static FlagRuleBook Book(params FlagDefinition[] flags) => FlagRuleBook.Link(flags);

    private static FlagDefinition Flag(string key, bool enabled = true, bool gateOpen = true, string[]? needs = null) =>
        new(key, enabled, Archived: false, Percentage: null, gateOpen, Leased: false, needs ?? []);
}
