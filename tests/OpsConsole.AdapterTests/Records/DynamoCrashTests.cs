using System.Collections.Immutable;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>A change and its event stay together, wherever a console dies and whatever answer is lost.</summary>
public sealed class DynamoCrashTests(DynaliteServer server) : DynamoTests(server)
{
    [Theory]
    [InlineData("change")]
    [InlineData("entry")]
    [InlineData("clear")]
    public async Task A_console_that_dies_between_two_steps_leaves_a_change_with_its_event(string dies)
    {
        await using var dying = Place.Open(Proxy.Address, Hasty);
        await using var other = Place.Open();
        await SaveAsync(other, "a", 0);
        await dying.Timeline.ReadAsync(new(), Cancelled);
        DieAt(dies);

        var outcome = await Record.ExceptionAsync(() => SaveAsync(dying, "a", 1));
        Proxy.Decide = _ => Fate.Broken;
        await other.SweepAsync();

        var changed = dies != "change";
        Assert.Equal(dies == "clear", outcome is null);
        Assert.Equal(changed ? 2 : 1, (await other.Records.GetAsync(Parcel.Kind, "a", Cancelled))!.Revision);
        await AssertEventsAsync(other, changed ? ["a1", "a2"] : ["a1"]);

        // It was only cut off, and goes on.
        Proxy.Decide = _ => Fate.Usual;
        await dying.SweepAsync();
        await AssertEventsAsync(dying, changed ? ["a1", "a2"] : ["a1"]);
        await SaveAsync(dying, "a", changed ? 2 : 1);
        await AssertEventsAsync(other, changed ? ["a1", "a2", "a3"] : ["a1", "a2"]);
    }

    [Theory]
    [InlineData("entry")]
    [InlineData("clear")]
    public async Task A_record_whose_deletion_was_cut_off_is_gone_and_its_event_is_there(string dies)
    {
        await using var dying = Place.Open(Proxy.Address, Hasty);
        await using var other = Place.Open();
        await SaveAsync(other, "a", 0);
        await dying.Timeline.ReadAsync(new(), Cancelled);
        DieAt(dies);

        await Record.ExceptionAsync(async () => await dying.Records.DeleteAsync(Parcel.Kind, "a", 1, Events.Flip(reason: "gone"), Cancelled));

        Assert.Null(await other.Records.GetAsync(Parcel.Kind, "a", Cancelled));
        Assert.Empty(await other.Records.ListAsync(Parcel.Kind, Cancelled));
        await other.SweepAsync();
        await AssertEventsAsync(other, ["a1", "gone"]);
        var left = await Place.Client.GetItemAsync(Place.Options.RecordsTable, new() { ["pk"] = new("record#parcels"), ["sk"] = new("a") }, Cancelled);
        Assert.Null(left.Item);
    }

    [Fact]
    public async Task What_comes_next_on_the_same_record_moves_the_event_that_was_left_there_first()
    {
        await using var dying = Place.Open(Proxy.Address, Hasty);
        await using var other = Place.Open();
        await SaveAsync(other, "a", 0);
        await dying.Timeline.ReadAsync(new(), Cancelled);
        DieAt("entry");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(dying, "a", 1));

        await SaveAsync(other, "a", 2);

        await AssertEventsAsync(other, ["a1", "a2", "a3"]);
    }

    [Fact]
    public async Task A_record_that_is_made_anew_where_a_deletion_was_cut_off_has_both_events()
    {
        await using var dying = Place.Open(Proxy.Address, Hasty);
        await using var other = Place.Open();
        await SaveAsync(other, "a", 0);
        await dying.Timeline.ReadAsync(new(), Cancelled);
        DieAt("entry");
        await Record.ExceptionAsync(async () => await dying.Records.DeleteAsync(Parcel.Kind, "a", 1, Events.Flip(reason: "gone"), Cancelled));

        Assert.Equal(1, (await SaveAsync(other, "a", 0)).Record.Revision);

        await AssertEventsAsync(other, ["a1", "gone", "a1"]);
    }

    [Theory]
    [InlineData("change")]
    [InlineData("entry")]
    [InlineData("clear")]
    public async Task A_lost_answer_makes_neither_a_conflict_nor_a_second_event(string step)
    {
        await using var store = Place.Open(Proxy.Address);
        await SaveAsync(store, "a", 0);
        var lost = 0;
        Proxy.Decide = request => Is(step, request) && lost++ == 0 ? Fate.LostAnswer : Fate.Usual;

        var saved = await SaveAsync(store, "a", 1);

        Assert.True(lost > 1, "The request was not repeated.");
        Assert.Equal(2, saved.Entry.Sequence);
        await store.SweepAsync();
        await AssertEventsAsync(store, ["a1", "a2"]);
    }

    [Fact]
    public async Task An_event_whose_place_was_taken_meanwhile_finds_another()
    {
        await using var slow = Place.Open(Proxy.Address);
        await using var other = Place.Open();
        await SaveAsync(slow, "a", 0);
        var held = 0;
        Proxy.Decide = request => request.IsEntry && held++ == 0 ? Fate.After(AppendAsync()) : Fate.Usual;

        var saved = await SaveAsync(slow, "a", 1);

        Assert.Equal(5, saved.Entry.Sequence);
        await AssertEventsAsync(other, ["a1", "x", "x", "x", "a2"]);

        async Task AppendAsync()
        {
            for (var index = 0; index < 3; index++)
            {
                await other.Timeline.AppendAsync(Events.Flip(reason: "x"), CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_slow_console_whose_event_another_has_moved_gets_that_entry()
    {
        await using var slow = Place.Open(Proxy.Address);
        await using var other = Place.Open();
        await SaveAsync(slow, "a", 0);
        var held = 0;
        Proxy.Decide = request => request.IsEntry && held++ == 0 ? Fate.After(HelpAsync()) : Fate.Usual;

        var saved = await SaveAsync(slow, "a", 1);

        Assert.Equal("a2", saved.Entry.Reason);
        await AssertEventsAsync(slow, ["a1", "a2", "x"]);

        async Task HelpAsync()
        {
            await other.SweepAsync();
            await other.Timeline.AppendAsync(Events.Flip(reason: "x"), CancellationToken.None);
        }
    }

    [Fact]
    public async Task Many_who_move_the_same_events_at_once_move_each_once()
    {
        await using var dying = Place.Open(Proxy.Address, Hasty);
        await dying.Timeline.ReadAsync(new(), Cancelled);
        DieAt("entry", forever: false);
        for (var index = 0; index < 10; index++)
        {
            await Record.ExceptionAsync(() => SaveAsync(dying, $"r{index}", 0));
        }

        var helpers = Enumerable.Range(0, 4).Select(_ => Place.Open()).ToImmutableArray();
        await Task.WhenAll(helpers.Select(helper => helper.SweepAsync()));

        await AssertEventsAsync(helpers[0], [.. Enumerable.Range(0, 10).Select(index => $"r{index}1")], inOrder: false);
        foreach (var helper in helpers)
        {
            await helper.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whatever_fails_at_random_each_revision_has_one_event_and_the_chain_has_no_gap()
    {
        const int Writers = 4, Rounds = 15;
        var random = new Random(4711);
        Proxy.Decide = _ =>
        {
            lock (random)
            {
                return random.Next(20) switch { 0 => Fate.LostAnswer, 1 => Fate.Broken, 2 => Fate.Refused("ProvisionedThroughputExceededException"), _ => Fate.Usual };
            }
        };
        var stores = Enumerable.Range(0, Writers).Select(_ => Place.Open(Proxy.Address, options => options.StorePatienceSeconds = 5)).ToImmutableArray();
        await Task.WhenAll(stores.Select((store, writer) => Task.Run(() => WriteAsync(store, writer))));
        Proxy.Decide = _ => Fate.Usual;

        await using var judge = Place.Open();
        await judge.SweepAsync();
        await judge.SweepAsync();
        var chain = await judge.Timeline.VerifyAsync(Cancelled);
        Assert.True(chain.Intact, chain.Problem);
        var entries = await judge.Timeline.ReadAsync(new() { Limit = 1000 }, Cancelled);
        foreach (var record in await judge.Records.ListAsync(Parcel.Kind, Cancelled))
        {
            Assert.Equal(
                Enumerable.Range(1, (int)record.Revision).Select(revision => $"{record.Id}{revision}"),
                entries.Where(entry => entry.Subject == record.Id).Select(entry => entry.Reason));
        }

        Assert.True(entries.Count >= Rounds);
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }

        async Task WriteAsync(DynamoStore store, int writer)
        {
            for (var round = 0; round < Rounds; round++)
            {
                try
                {
                    var id = $"record-{(writer + round) % 3}-";
                    var current = await store.Records.GetAsync(Parcel.Kind, id, Cancelled);
                    await store.Records.SaveAsync(
                        Parcel.Kind, id, new Parcel("x", round), current?.Revision ?? 0, Events.Flip(id, $"{id}{(current?.Revision ?? 0) + 1}"), Cancelled);
                }
                catch (StoreUnavailableException)
                {
                    // That is what is being tested.
                }
            }
        }
    }

    private static void Hasty(OpsConsole.Aws.AwsOptions options) => options.StorePatienceSeconds = 2;

    private static async Task AssertEventsAsync(DynamoStore store, string[] reasons, bool inOrder = true)
    {
        var entries = (await store.Timeline.ReadAsync(new() { Limit = 1000 }, Cancelled)).Select(entry => entry.Reason).ToList();
        if (!inOrder)
        {
            reasons = [.. reasons.Order(StringComparer.Ordinal)];
            entries.Sort(StringComparer.Ordinal);
        }

        Assert.Equal(reasons.AsEnumerable(), entries);
        Assert.Equal(new ChainVerification(true, reasons.Length, null, null), await store.Timeline.VerifyAsync(Cancelled));
    }

    private static bool Is(string step, DynamoRequest request) => step switch
    {
        "entry" => request.IsEntry,
        "clear" => request.Operation == "DeleteItem" || (request.Operation == "UpdateItem" && request.Body.GetProperty("UpdateExpression").GetString()!.StartsWith("REMOVE", StringComparison.Ordinal)),
        _ => request.Operation == "UpdateItem" && request.Body.GetProperty("UpdateExpression").GetString()!.StartsWith("SET", StringComparison.Ordinal),
    };

    /// <summary>From the given step on nothing of this console arrives any more.</summary>
    private void DieAt(string step, bool forever = true)
    {
        var dead = false;
        Proxy.Decide = request =>
        {
            var reached = Is(step, request);
            dead |= reached && forever;
            return dead || reached ? Fate.Broken : Fate.Usual;
        };
    }
}
