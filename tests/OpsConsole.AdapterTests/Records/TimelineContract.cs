using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>What every timeline must do.</summary>
public abstract class TimelineContract
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Opens a store; each call opens another one over the same place.</summary>
    protected abstract IStoreUnderTest Open();

    [Fact]
    public async Task Entries_are_numbered_from_one_without_a_gap_and_chained()
    {
        await using var store = Open();

        var first = await store.Timeline.AppendAsync(Events.Flip(reason: "one").With("service", "shop"), Cancelled);
        var second = await store.Timeline.AppendAsync(Events.Flip(reason: "two"), Cancelled);

        Assert.Equal((1, HashChain.Genesis), (first.Sequence, first.PreviousHash));
        Assert.Equal((2, first.Hash), (second.Sequence, second.PreviousHash));
        Assert.Equal(HashChain.ComputeHash(second), second.Hash);
        var read = await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled);
        Assert.Equal([first.Hash, second.Hash], read.Select(HashChain.ComputeHash));
        Assert.Equal("shop", read[0].Data["service"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("'; DROP TABLE timeline; --")]
    [InlineData("<script>alert(1)</script>\r\n\t\"\\")]
    [InlineData("nul \0 in the middle")]
    [InlineData("half a pair \uD83D here")]
    [InlineData("\u202Eright to left, 😀, e\u0301, \uFFFF")]
    public async Task A_hostile_text_is_kept_and_leaves_the_chain_intact(string text)
    {
        await using var store = Open();
        var data = TimelineEvent.NoData.Add("fact", text).Add("k" + text, "value");

        var appended = await store.Timeline.AppendAsync(
            new TimelineEvent { Actor = text, Kind = TimelineKinds.FlagChanged, Subject = text, Reason = text, Data = data }, Cancelled);

        var read = Assert.Single(await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled));
        Assert.Equal(appended with { Data = read.Data }, read);
        Assert.Equal(appended.Data, read.Data);
        var chain = await store.Timeline.VerifyAsync(Cancelled);
        Assert.True(chain.Intact, chain.Problem);
    }

    [Fact]
    public async Task A_very_long_text_is_kept_whole()
    {
        await using var store = Open();
        var reason = new string('x', 1_000_000);

        await store.Timeline.AppendAsync(Events.Flip(reason: reason), Cancelled);

        Assert.Equal(reason, Assert.Single(await store.Timeline.ReadAsync(new TimelineQuery(), Cancelled)).Reason);
    }

    [Fact]
    public async Task Facts_in_another_order_than_ordinal_are_hashed_as_they_are_read_back()
    {
        await using var store = Open();
        var data = TimelineEvent.NoData.WithComparers(StringComparer.OrdinalIgnoreCase).Add("b", "1").Add("A", "2").Add("C", "3");

        await store.Timeline.AppendAsync(Events.Flip() with { Data = data }, Cancelled);

        Assert.True((await store.Timeline.VerifyAsync(Cancelled)).Intact);
    }

    [Fact]
    public async Task Entries_are_filtered_by_each_criterion()
    {
        await using var store = Open();
        await store.Timeline.AppendAsync(Events.Flip("flag:a", "Black Friday", "ana", TimelineKinds.FlagFlippedOff), Cancelled);
        await store.Timeline.AppendAsync(Events.Flip("flag:b", "ÄRGER im Lager", "bob", TimelineKinds.FlagFlippedOn), Cancelled);
        await store.Timeline.AppendAsync(Events.Flip("run:1", "100 % of it", "ana", TimelineKinds.RunStarted), Cancelled);
        await store.Timeline.AppendAsync(Events.Flip("run:1", "100 of it_", "supervisor", "flagship.launched"), Cancelled);

        Assert.Equal("1, 2", await FindAsync(new() { Kind = "flag." }));
        Assert.Equal("2", await FindAsync(new() { Kind = TimelineKinds.FlagFlippedOn }));
        Assert.Equal("1, 3", await FindAsync(new() { Actor = "ana" }));
        Assert.Equal("3, 4", await FindAsync(new() { Subject = "run:1" }));
        Assert.Equal("2", await FindAsync(new() { Text = "ärger" }));
        Assert.Equal("3", await FindAsync(new() { Text = "0 %" }));
        Assert.Equal("4", await FindAsync(new() { Text = "t_" }));
        Assert.Equal("1, 3", await FindAsync(new() { Text = "ANA" }));
        Assert.Equal("3", await FindAsync(new() { Kind = "run.", Actor = "ana", Subject = "run:1", Text = "of" }));
        Assert.Empty(await FindAsync(new() { Kind = "flag" }));
        Assert.Empty(await FindAsync(new() { Text = "nothing like that" }));

        async Task<string> FindAsync(TimelineQuery query) =>
            string.Join(", ", (await store.Timeline.ReadAsync(query, Cancelled)).Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task A_range_has_its_start_and_not_its_end()
    {
        await using var store = Open();
        var entry = await store.Timeline.AppendAsync(Events.Flip(), Cancelled);

        Assert.Single(await store.Timeline.ReadAsync(new() { From = entry.At, To = entry.At.AddMilliseconds(1) }, Cancelled));
        Assert.Empty(await store.Timeline.ReadAsync(new() { To = entry.At }, Cancelled));
        Assert.Empty(await store.Timeline.ReadAsync(new() { From = entry.At.AddTicks(1) }, Cancelled));
    }

    [Fact]
    public async Task Pages_follow_each_other_in_both_directions_without_overlap()
    {
        await using var store = Open();
        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => store.Timeline.AppendAsync(Events.Flip(), Cancelled).AsTask()));
        List<long> forward = [], back = [];

        for (IReadOnlyList<TimelineEntry> page = [null!]; page.Count > 0; forward.AddRange(page.Select(entry => entry.Sequence)))
        {
            page = await store.Timeline.ReadAsync(new() { After = forward is [.., var last] ? last : null, Limit = 10 }, Cancelled);
        }

        for (IReadOnlyList<TimelineEntry> page = [null!]; page.Count > 0; back.AddRange(page.Select(entry => entry.Sequence)))
        {
            page = await store.Timeline.ReadAsync(
                new() { Before = back is [.., var last] ? last : null, Limit = 10, NewestFirst = true }, Cancelled);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(number => (long)number), forward);
        Assert.Equal(forward.AsEnumerable().Reverse(), back);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task A_limit_out_of_range_is_refused(int limit)
    {
        await using var store = Open();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.Timeline.ReadAsync(new() { Limit = limit }, Cancelled));
    }

    [Fact]
    public async Task Many_writers_in_two_processes_make_one_chain()
    {
        await using var left = Open();
        await using var right = Open();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Task.Run(
            () => (index % 2 == 0 ? left : right).Timeline.AppendAsync(Events.Flip(subject: "flag:" + index), Cancelled).AsTask())));

        var chain = await left.Timeline.VerifyAsync(Cancelled);
        Assert.Equal(new ChainVerification(true, 200, null, null), chain);
        var entries = await right.Timeline.ReadAsync(new() { Limit = 1000 }, Cancelled);
        Assert.Equal(200, entries.Select(entry => entry.Subject).Distinct().Count());
    }

    [Fact]
    public async Task An_empty_timeline_is_intact()
    {
        await using var store = Open();

        Assert.Equal(new ChainVerification(true, 0, null, null), await store.Timeline.VerifyAsync(Cancelled));
        Assert.Empty(await store.Timeline.ReadAsync(new(), Cancelled));
    }
}
