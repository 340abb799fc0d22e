using Amazon.DynamoDBv2.Model;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Core.Flags;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.AdapterTests.Records;

/// <summary>Flags in a table that applications read and that others may write.</summary>
public sealed class DynamoFlagTests(DynaliteServer server) : IAsyncLifetime
{
    private DynamoPlace _place = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _place = await DynamoPlace.CreateAsync(server);

    public ValueTask DisposeAsync()
    {
        _place.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_flag_stands_in_the_table_as_applications_read_it()
    {
        await using var store = _place.Open();

        await SaveAsync(store, Flag("ml", enabled: true), 0);
        await SaveAsync(store, new Flag { Key = "plain" }, 0);

        var item = await _place.FlagItemAsync("ml");
        Assert.Equal("ml", item!["name"].S);
        Assert.True(item["enabled"].BOOL);
        Assert.Equal(["maxErrorRate", "maxLatency"], item["conditions"].M.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("5", "500.5"), (item["conditions"].M["maxErrorRate"].N, item["conditions"].M["maxLatency"].N));
        var plain = await _place.FlagItemAsync("plain");
        Assert.Equal(["enabled", "name", "opsconsole"], plain!.Keys.Order(StringComparer.Ordinal));
        Assert.False(plain["enabled"].BOOL);
    }

    [Fact]
    public async Task Every_member_of_a_flag_is_read_back()
    {
        await using var store = _place.Open();
        var flag = new Flag
        {
            Key = "all",
            Description = "„everything“",
            Enabled = true,
            Percentage = 37,
            Prerequisites = ["b", "a"],
            Tier = FlagTier.Essential,
            ShedOrder = 7,
            LatchResets = 3,
            Archived = true,
            Conditions = new()
            {
                Service = "shop",
                MaxErrorRate = 0.1,
                MaxLatency = 1e-7,
                MaxCpuUtilization = 90,
                MaxActiveConnections = 1_000_000_000,
                MaxThroughput = 0,
                RecoverFor = TimeSpan.FromMilliseconds(1500),
                Latch = true,
                HoldThroughUnknown = true,
            },
        };

        await SaveAsync(store, flag, 0);
        Assert.True(flag.IsSameAs((await ListAsync(store)).Single().Value));
        var changed = new Flag { Key = "all", Enabled = true };
        await SaveAsync(store, changed, 1);

        var read = (await ListAsync(store)).Single();
        Assert.True(changed.IsSameAs(read.Value), read.Value.ToString());
        Assert.Equal(2, read.Revision);
    }

    [Fact]
    public async Task A_flag_that_was_written_by_hand_is_there_at_the_next_look_and_is_told_of_once_by_two_consoles()
    {
        await using var left = _place.Open();
        await using var right = _place.Open();
        await ListAsync(left);
        await _place.WriteFlagAsync(new() { ["name"] = new("hand"), ["enabled"] = new() { BOOL = true } });

        var looks = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => ListAsync(index % 2 == 0 ? left : right)));
        await Task.WhenAll(left.SweepAsync(), right.SweepAsync());
        await Task.WhenAll(left.SweepAsync(), right.SweepAsync());

        Assert.All(looks, look => Assert.Equal((1, true), (look.Single().Revision, look.Single().Value.Enabled)));
        var entry = Assert.Single(await left.Timeline.ReadAsync(new(), Cancelled));
        Assert.Equal(("flag.changed", "outside", "flag:hand", "none → ON"), (entry.Kind, entry.Actor, entry.Subject, entry.Data["enabled"]));
        var item = await _place.FlagItemAsync("hand");
        Assert.Equal(["enabled", "name", "opsconsole"], item!.Keys.Order(StringComparer.Ordinal));
        Assert.False(item["opsconsole"].M.ContainsKey("outbox"));
    }

    [Fact]
    public async Task A_change_from_outside_that_keeps_the_revision_is_noticed_and_told_with_before_and_after()
    {
        await using var store = _place.Open();
        await SaveAsync(store, Flag("ml", enabled: true), 0);

        await OutsideAsync("ml", "SET enabled = :off, conditions.maxErrorRate = :seven", (":off", new() { BOOL = false }), (":seven", new() { N = "7.0" }));
        var now = (await ListAsync(store)).Single();
        await store.SweepAsync();

        Assert.Equal((2, false, 7), (now.Revision, now.Value.Enabled, now.Value.Conditions!.MaxErrorRate));
        var entry = (await store.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Single();
        Assert.Equal(("ON → OFF", "5 % → 7 %"), (entry.Data["enabled"], entry.Data["maxErrorRate"]));
        Assert.Equal(2, entry.Data.Count(fact => fact.Value.Contains('→', StringComparison.Ordinal)));
        Assert.Equal(2, (await ListAsync(store)).Single().Revision);
    }

    [Fact]
    public async Task A_change_from_outside_is_noticed_by_a_console_that_starts_later()
    {
        await using (var first = _place.Open())
        {
            await SaveAsync(first, Flag("ml", enabled: true), 0);
        }

        await OutsideAsync("ml", "SET enabled = :off", (":off", new() { BOOL = false }));
        await using var second = _place.Open();
        var read = await second.Records.GetAsync(FlagRecords.Flags, "ml", Cancelled);
        await second.SweepAsync();

        Assert.Equal((2, false), (read!.Revision, read.Value.Enabled));
        Assert.Equal("ON → OFF", (await second.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Single().Data["enabled"]);
    }

    [Fact]
    public async Task What_others_keep_in_the_item_survives_and_is_no_change_of_the_flag()
    {
        await using var store = _place.Open();
        await _place.WriteFlagAsync(new()
        {
            ["name"] = new("hand"),
            ["enabled"] = new() { BOOL = false },
            ["owner"] = new("team checkout"),
            ["revision"] = new() { N = "77" },
            ["conditions"] = new() { M = new() { ["maxErrorRate"] = new() { N = "5.00" }, ["maxMemory"] = new() { N = "80" } } },
        });
        var read = (await ListAsync(store)).Single();

        await SaveAsync(store, read.Value with { Enabled = true, Conditions = read.Value.Conditions! with { MaxLatency = 250 } }, read.Revision);
        await OutsideAsync("hand", "SET lastReadBy = :who", (":who", new("shop")));
        var again = (await ListAsync(store)).Single();
        await SaveAsync(store, again.Value with { Conditions = null }, again.Revision);

        var item = await _place.FlagItemAsync("hand");
        Assert.Equal(("team checkout", "77", "shop"), (item!["owner"].S, item["revision"].N, item["lastReadBy"].S));
        Assert.Equal("80", Assert.Single(item["conditions"].M).Value.N);
        Assert.Equal(3, (await ListAsync(store)).Single().Revision);
        await store.SweepAsync();
        Assert.Single(await store.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled));
    }

    [Fact]
    public async Task An_outside_write_between_reading_and_writing_is_a_conflict_and_never_lost()
    {
        await using var proxy = await DynamoProxy.StartAsync(server.Address);
        await using var store = _place.Open(proxy.Address);
        var saved = await SaveAsync(store, Flag("ml", enabled: true), 0);
        var meddled = 0;
        proxy.Decide = request => request is { Operation: "UpdateItem" } && request.Table == _place.Options.FlagsTable && meddled++ == 0
            ? Fate.After(OutsideAsync("ml", "SET conditions.maxErrorRate = :one", (":one", new() { N = "1" })))
            : Fate.Usual;

        var outcome = await store.Records.SaveAsync(
            FlagRecords.Flags, "ml", saved.Record.Value with { Description = "mine" }, 1, Events.Flip("flag:ml"), Cancelled);

        var conflict = Assert.IsType<SaveOutcome<Flag>.Conflict>(outcome);
        Assert.Equal((2, 1, ""), (conflict.Current!.Revision, conflict.Current.Value.Conditions!.MaxErrorRate, conflict.Current.Value.Description));
        Assert.Equal("1", (await _place.FlagItemAsync("ml"))!["conditions"].M["maxErrorRate"].N);
        await store.SweepAsync();
        Assert.Equal(["ana", "outside"], (await store.Timeline.ReadAsync(new(), Cancelled)).Select(entry => entry.Actor));
    }

    [Fact]
    public async Task A_change_that_rests_on_what_was_before_an_outside_change_is_a_conflict()
    {
        await using var store = _place.Open();
        var saved = await SaveAsync(store, Flag("ml", enabled: true), 0);
        await OutsideAsync("ml", "SET enabled = :off", (":off", new() { BOOL = false }));

        var outcome = await store.Records.SaveAsync(
            FlagRecords.Flags, "ml", saved.Record.Value with { Description = "mine" }, 1, Events.Flip("flag:ml"), Cancelled);

        Assert.False(Assert.IsType<SaveOutcome<Flag>.Conflict>(outcome).Current!.Value.Enabled);
    }

    [Fact]
    public async Task A_tool_that_replaces_the_whole_item_does_not_turn_the_revision_back()
    {
        await using var store = _place.Open();
        await SaveAsync(store, Flag("ml", enabled: true), 0);
        var old = await _place.FlagItemAsync("ml");
        await SaveAsync(store, Flag("ml", enabled: true) with { Description = "changed" }, 1);

        await _place.WriteFlagAsync(new() { ["name"] = new("ml"), ["enabled"] = new() { BOOL = false } });
        var replaced = (await ListAsync(store)).Single();
        await _place.WriteFlagAsync(old!);
        var restored = (await ListAsync(store)).Single();
        await store.SweepAsync();

        Assert.Equal((3, false), (replaced.Revision, replaced.Value.Enabled));
        Assert.Equal((4, true, ""), (restored.Revision, restored.Value.Enabled, restored.Value.Description));
        var told = await store.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled);
        Assert.Equal(["ON → OFF", "OFF → ON"], told.Select(entry => entry.Data["enabled"]));
        Assert.True((await store.Timeline.VerifyAsync(Cancelled)).Intact);
    }

    [Fact]
    public async Task A_flag_that_was_removed_by_hand_is_gone_and_is_told_of_once_by_two_consoles()
    {
        await using var left = _place.Open();
        await using var right = _place.Open();
        await SaveAsync(left, Flag("ml", enabled: true), 0);
        await ListAsync(right);

        await _place.Client.DeleteItemAsync(_place.Options.FlagsTable, new() { ["name"] = new("ml") }, Cancelled);
        var looks = await Task.WhenAll(ListAsync(left), ListAsync(right), ListAsync(left), ListAsync(right));
        await Task.WhenAll(left.SweepAsync(), right.SweepAsync());

        Assert.All(looks, Assert.Empty);
        Assert.Equal("ON → none", (await left.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Single().Data["enabled"]);

        await _place.WriteFlagAsync(new() { ["name"] = new("ml"), ["enabled"] = new() { BOOL = true } });
        await ListAsync(left);
        await ListAsync(right);
        await _place.Client.DeleteItemAsync(_place.Options.FlagsTable, new() { ["name"] = new("ml") }, Cancelled);
        await Task.WhenAll(ListAsync(left), ListAsync(right));
        await Task.WhenAll(left.SweepAsync(), right.SweepAsync());
        Assert.Equal(
            ["ON → none", "none → ON", "ON → none"],
            (await left.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Select(entry => entry.Data["enabled"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_happened_to_a_flag_is_told_in_its_order_whichever_console_tells_it(bool removed)
    {
        await using var slow = _place.Open();
        await using var quick = _place.Open();
        await _place.WriteFlagAsync(new() { ["name"] = new("hand"), ["enabled"] = new() { BOOL = true } });
        await ListAsync(slow);
        await ListAsync(quick);

        // The slow console has not moved the event of the creation yet.
        await (removed
            ? _place.Client.DeleteItemAsync(_place.Options.FlagsTable, new() { ["name"] = new("hand") }, Cancelled)
            : _place.WriteFlagAsync(new() { ["name"] = new("hand"), ["enabled"] = new() { BOOL = false } }));
        await ListAsync(quick);
        await quick.SweepAsync();
        await ListAsync(slow);
        await slow.SweepAsync();

        Assert.Equal(
            ["none → ON", removed ? "ON → none" : "ON → OFF"],
            (await quick.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Select(entry => entry.Data["enabled"]));
        Assert.True((await quick.Timeline.VerifyAsync(Cancelled)).Intact);
    }

    [Fact]
    public async Task Many_flags_that_were_written_by_hand_are_shown_at_once_and_taken_over_look_by_look()
    {
        // Each write takes a tenth of a second of the console's clock.
        await using var proxy = await DynamoProxy.StartAsync(server.Address);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var store = _place.Open(proxy.Address, time: time);
        proxy.Decide = request =>
        {
            time.Advance(TimeSpan.FromMilliseconds(request.Operation == "UpdateItem" ? 100 : 0));
            return Fate.Usual;
        };
        for (var number = 0; number < 60; number++)
        {
            await _place.WriteFlagAsync(new() { ["name"] = new($"hand-{number:D2}"), ["enabled"] = new() { BOOL = true } });
        }

        var first = await ListAsync(store);
        Assert.Equal(60, first.Count(flag => flag.Value.Enabled));
        Assert.InRange(first.Count(flag => flag.Revision == 0), 1, 59);
        while ((await ListAsync(store)).Any(flag => flag.Revision == 0))
        {
            Assert.False(Cancelled.IsCancellationRequested);
        }

        await store.SweepAsync();
        Assert.Equal(60, (await store.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled)).Count);
    }

    [Theory]
    [InlineData("enabled", "S", "yes")]
    [InlineData("enabled", "N", "1")]
    [InlineData("conditions", "S", "{}")]
    [InlineData("conditions.maxErrorRate", "S", "five")]
    [InlineData("percentage", "N", "12.5")]
    [InlineData("tier", "S", "optional")]
    [InlineData("prerequisites", "S", "a")]
    public async Task What_cannot_be_understood_turns_that_flag_off_says_so_and_spares_the_others(string attribute, string type, string value)
    {
        await using var store = _place.Open();
        var strange = type == "N" ? new AttributeValue { N = value } : new AttributeValue(value);
        var item = new Dictionary<string, AttributeValue> { ["name"] = new("strange"), ["enabled"] = new() { BOOL = true } };
        item[attribute.Split('.')[0]] = attribute.Contains('.', StringComparison.Ordinal) ? new() { M = new() { [attribute.Split('.')[1]] = strange } } : strange;
        await _place.WriteFlagAsync(item);
        await _place.WriteFlagAsync(new() { ["name"] = new("well"), ["enabled"] = new() { BOOL = true } });

        var flags = await ListAsync(store);
        await store.SweepAsync();

        Assert.Equal([("strange", false), ("well", true)], flags.Select(flag => (flag.Id, flag.Value.Enabled)));
        var told = await store.Timeline.ReadAsync(new() { Subject = "flag:strange" }, Cancelled);
        Assert.Contains(attribute, Assert.Single(told).Data["problem"], StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(store, flags[0].Value with { Enabled = true }, flags[0].Revision));
        Assert.Contains(attribute, refused.Message, StringComparison.Ordinal);
        await SaveAsync(store, flags[0].Value with { Description = "off" }, flags[0].Revision);
        Assert.Equal(value, Strange(await _place.FlagItemAsync("strange")));

        string? Strange(Dictionary<string, AttributeValue>? read) =>
            attribute.Split('.') is [var map, var member] ? read![map].M[member].S : read![attribute].S ?? read[attribute].N;
    }

    [Fact]
    public async Task Numbers_in_strings_and_nulls_are_understood()
    {
        await using var store = _place.Open(with: options => options.FlagsService = "shop");
        await _place.WriteFlagAsync(new()
        {
            ["name"] = new("hand"),
            ["enabled"] = new() { BOOL = true },
            ["conditions"] = new() { M = new() { ["maxErrorRate"] = new("5"), ["maxLatency"] = new() { NULL = true } } },
            ["prerequisites"] = new() { SS = ["a"] },
        });

        var flag = (await ListAsync(store)).Single().Value;

        Assert.True(flag.Enabled);
        Assert.Equal(("shop", 5, null), (flag.Conditions!.Service, flag.Conditions.MaxErrorRate, flag.Conditions.MaxLatency));
        Assert.Equal("a", Assert.Single(flag.Prerequisites));
    }

    [Fact]
    public async Task While_nothing_may_be_written_outside_changes_are_shown_and_get_their_event_later()
    {
        await using var proxy = await DynamoProxy.StartAsync(server.Address);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var store = _place.Open(proxy.Address, time: time);
        await SaveAsync(store, Flag("ml", enabled: true), 0);
        proxy.Decide = request => request.Operation == "UpdateItem"
            ? Fate.Refused("AccessDeniedException", "User: arn:aws:sts::1:assumed-role/console is not authorized to perform: dynamodb:UpdateItem on resource: x")
            : Fate.Usual;
        await OutsideAsync("ml", "SET enabled = :off", (":off", new() { BOOL = false }));

        var shown = (await ListAsync(store)).Single();
        Assert.Equal((1, false), (shown.Revision, shown.Value.Enabled));
        Assert.Equal(StoreTrouble.Denied, store.Condition.Trouble);
        Assert.Contains("dynamodb:UpdateItem", store.Condition.Sentence, StringComparison.Ordinal);

        proxy.Decide = _ => Fate.Usual;
        time.Advance(TimeSpan.FromSeconds(5));
        var now = (await ListAsync(store)).Single();
        await store.SweepAsync();
        Assert.Equal((2, false), (now.Revision, now.Value.Enabled));
        Assert.Equal(StoreTrouble.None, store.Condition.Trouble);
        Assert.Single(await store.Timeline.ReadAsync(new() { Actor = Actors.Outside }, Cancelled));
    }

    private static Flag Flag(string key, bool enabled) => new()
    {
        Key = key,
        Enabled = enabled,
        Conditions = new() { Service = "shop", MaxErrorRate = 5, MaxLatency = 500.5 },
    };

    private static async Task<SaveOutcome<Flag>.Saved> SaveAsync(DynamoStore store, Flag flag, long revision) =>
        Assert.IsType<SaveOutcome<Flag>.Saved>(await store.Records.SaveAsync(
            FlagRecords.Flags, flag.Key, flag, revision, Events.Flip(Subjects.Flag(flag.Key)), Cancelled));

    private static Task<IReadOnlyList<Stored<Flag>>> ListAsync(DynamoStore store) => store.Records.ListAsync(FlagRecords.Flags, Cancelled).AsTask();

    private Task OutsideAsync(string name, string expression, params (string Name, AttributeValue Value)[] values) => _place.Client.UpdateItemAsync(
        new()
        {
            TableName = _place.Options.FlagsTable,
            Key = new() { ["name"] = new(name) },
            UpdateExpression = expression,
            ExpressionAttributeValues = values.ToDictionary(value => value.Name, value => value.Value),
        },
        CancellationToken.None);
}
