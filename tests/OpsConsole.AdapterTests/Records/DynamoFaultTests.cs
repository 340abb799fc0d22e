using System.Net;
using OpsConsole.AdapterTests.Dynalite;
using OpsConsole.Aws.Timeline;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OpsConsole.AdapterTests.Records;

/// <summary>What AWS, the network and meddlers do to the store.</summary>
public sealed class DynamoFaultTests(DynaliteServer server) : DynamoTests(server)
{
    [Theory]
    [InlineData("AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:…", StoreTrouble.Denied, "dynamodb:PutItem")]
    [InlineData("AccessDeniedException", "no", StoreTrouble.Denied, "dynamodb:Query")]
    [InlineData("ExpiredTokenException", "The security token included in the request is expired", StoreTrouble.NoCredentials, "expired")]
    [InlineData("UnrecognizedClientException", "The security token included in the request is invalid.", StoreTrouble.NoCredentials, "access key, the Region")]
    [InlineData("InvalidSignatureException", "Credential should be scoped to a valid region.", StoreTrouble.NoCredentials, "Region")]
    [InlineData("ProvisionedThroughputExceededException", "slow down", StoreTrouble.Throttled, "throttles")]
    [InlineData("ThrottlingException", "slow down", StoreTrouble.Throttled, "throttles")]
    [InlineData("ResourceNotFoundException", "Requested resource not found", StoreTrouble.Unfit, "opsconsole aws init")]
    [InlineData("SomethingNewException", "never heard of", StoreTrouble.Unfit, "SomethingNewException")]
    public async Task What_AWS_says_becomes_a_sentence_that_says_what_to_do(string error, string message, StoreTrouble trouble, string part)
    {
        await using var store = Place.Open(Proxy.Address);
        Proxy.Decide = request => request.Operation == "Query" ? Fate.Refused(error, message) : Fate.Usual;

        var problem = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.ListAsync(Parcel.Kind, Cancelled));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.Equal((trouble, problem.Message), (store.Condition.Trouble, store.Condition.Sentence));
        Proxy.Decide = _ => Fate.Usual;
        Assert.Empty(await store.Records.ListAsync(Parcel.Kind, Cancelled));
        Assert.Equal(StoreTrouble.None, store.Condition.Trouble);
    }

    [Fact]
    public async Task Errors_of_the_service_are_repeated_and_then_said()
    {
        await using var store = Place.Open(Proxy.Address);
        var failures = 0;
        Proxy.Decide = _ => failures++ < 2 ? Fate.Refused("InternalServerError", "", HttpStatusCode.InternalServerError) : Fate.Usual;
        Assert.Empty(await store.Records.ListAsync(Parcel.Kind, Cancelled));
        Assert.Equal(3, failures);

        Proxy.Decide = _ => Fate.Refused("InternalServerError", "", HttpStatusCode.InternalServerError);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.ListAsync(Parcel.Kind, Cancelled));
        Assert.Equal(StoreTrouble.Unreachable, store.Condition.Trouble);
    }

    [Fact]
    public async Task Throttling_that_lasts_is_shown_with_its_beginning_until_it_is_over()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero));
        await using var store = Place.Open(Proxy.Address, time: time);
        await SaveAsync(store, "a", 0);
        Proxy.Decide = request => request.Operation == "UpdateItem" ? Fate.Refused("ProvisionedThroughputExceededException") : Fate.Usual;
        for (var second = 0; second < 60; second += 20)
        {
            var problem = await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(store, "a", 1));
            Assert.Contains("throttles dynamodb:UpdateItem", problem.Message, StringComparison.Ordinal);
            Assert.Equal(1, (await store.Records.GetAsync(Parcel.Kind, "a", Cancelled))!.Revision);
            Assert.Equal((StoreTrouble.Throttled, new DateTimeOffset(2026, 3, 1, 3, 0, 0, TimeSpan.Zero)), (store.Condition.Trouble, store.Condition.Since));
            time.Advance(TimeSpan.FromSeconds(20));
        }

        Proxy.Decide = _ => Fate.Usual;
        Assert.Equal(2, (await SaveAsync(store, "a", 1)).Record.Revision);
        Assert.Equal(StoreTrouble.None, store.Condition.Trouble);
        Assert.Equal(2, (await store.Timeline.VerifyAsync(Cancelled)).Entries);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_waited_for_as_long_as_the_patience_lasts()
    {
        var silent = new TaskCompletionSource();
        await using var store = Place.Open(Proxy.Address, options => options.StorePatienceSeconds = 0.5);
        Proxy.Decide = _ => Fate.After(silent.Task);

        var problem = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.ListAsync(Parcel.Kind, Cancelled));

        silent.SetResult();
        Assert.Contains("did not answer within 0.5 s", problem.Message, StringComparison.Ordinal);
        Assert.Equal(StoreTrouble.Unreachable, store.Condition.Trouble);
    }

    [Theory]
    [InlineData("AWS:Profile", "nobody", StoreTrouble.NoCredentials, "no AWS credentials")]
    [InlineData("AWS:ServiceURL", "http://127.0.0.1:9", StoreTrouble.Unreachable, "cannot be reached")]
    [InlineData("AWS:ServiceURL", "http://dynamodb.nowhere-9.invalid", StoreTrouble.Unreachable, "Check the Region")]
    public async Task A_wrong_configuration_is_an_outage_that_names_it(string setting, string value, StoreTrouble trouble, string part)
    {
        await using var store = Place.Open(settings: (setting, value));

        var problem = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.ListAsync(Parcel.Kind, Cancelled));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
        Assert.Equal(trouble, store.Condition.Trouble);
    }

    [Fact]
    public async Task A_missing_table_and_a_table_with_another_key_are_named()
    {
        var missing = Place.Options.RecordsTable + "-missing";
        await using (var store = Place.Open(with: options => options.RecordsTable = missing))
        {
            var problem = await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(store, "a", 0));
            Assert.Contains($"There is no table {missing}", problem.Message, StringComparison.Ordinal);
            Assert.Contains("opsconsole aws init", problem.Message, StringComparison.Ordinal);
        }

        // The flags' table in the place of the other one.
        await using var mixed = Place.Open(with: options => options.RecordsTable = Place.Options.FlagsTable);
        foreach (var work in (Func<Task>[])[() => SaveAsync(mixed, "a", 0), async () => await mixed.Timeline.AppendAsync(Events.Flip(), Cancelled)])
        {
            var problem = await Assert.ThrowsAsync<StoreUnavailableException>(work);
            Assert.Contains("another key", problem.Message, StringComparison.Ordinal);
            Assert.Contains(Place.Options.FlagsTable, problem.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_record_of_more_than_400_KB_is_refused_with_its_event_and_harms_nothing_else()
    {
        await using var store = Place.Open();
        await SaveAsync(store, "a", 0);

        var problem = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.Records.SaveAsync(
            Parcel.Kind, "a", new Parcel(new string('x', 450_000), 1), 1, Events.Flip(), Cancelled));

        Assert.Contains("400 KB", problem.Message, StringComparison.Ordinal);
        Assert.Equal(StoreTrouble.None, store.Condition.Trouble);
        Assert.Equal(1, (await store.Records.GetAsync(Parcel.Kind, "a", Cancelled))!.Revision);
        Assert.Single(await store.Timeline.ReadAsync(new(), Cancelled));
        Assert.Equal(2, (await SaveAsync(store, "a", 1)).Record.Revision);
    }

    [Fact]
    public async Task A_long_event_rides_with_its_change_in_parts()
    {
        await using var store = Place.Open();
        var reason = new string('ä', 700_000);

        var outcome = await store.Records.SaveAsync(Parcel.Kind, "a", new Parcel("x", 1), 0, Events.Flip(reason: reason), Cancelled);

        Assert.IsType<SaveOutcome<Parcel>.Saved>(outcome);
        await using var other = Place.Open();
        Assert.Equal(reason, Assert.Single(await other.Timeline.ReadAsync(new(), Cancelled)).Reason);
        Assert.True((await other.Timeline.VerifyAsync(Cancelled)).Intact);
    }

    [Fact]
    public async Task The_feed_has_what_was_written_here_when_the_write_returns_and_learns_of_others_at_the_next_look()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var here = Place.Open(time: time);
        await using var there = Place.Open();
        await here.Watch.StartAsync(Cancelled);
        await SaveAsync(here, "a", 0);
        Assert.Equal(1, here.Feed.Current.Sequence);
        await SaveAsync(there, "b", 0);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var seen = Task.Run(
            async () =>
            {
                await foreach (var head in here.Feed.WatchAsync(patience.Token))
                {
                    if (head.Sequence == 2)
                    {
                        return head;
                    }
                }

                return null;
            },
            Cancelled);

        while (!seen.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(seen, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled));
        }

        Assert.Equal(["a1", "b1"], (await seen)!.Recent.Select(entry => entry.Reason));
        await here.Watch.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_long_timeline_is_read_by_pages_and_pages_that_cannot_hold_what_is_sought_are_not_read()
    {
        await FillAsync(3200);
        await using var store = Place.Open(Proxy.Address);
        await store.Timeline.ReadAsync(new(), Cancelled);

        Assert.Equal(3200, store.Feed.Current.Sequence);
        Assert.Equal(Numbers(3200, 3191), await NumbersAsync(store, new() { NewestFirst = true, Limit = 10 }));
        Assert.Equal(Numbers(2005, 1996), await NumbersAsync(store, new() { NewestFirst = true, Before = 2006, Limit = 10 }));
        Assert.Equal(Numbers(996, 1005), await NumbersAsync(store, new() { After = 995, Limit = 10 }));
        Assert.Equal([700, 1700, 2700], await NumbersAsync(store, new() { Subject = "run:700", Limit = 1000 }));
        Assert.Equal(1000, (await NumbersAsync(store, new() { Kind = "flag.", Limit = 1000 })).Count);

        // The first half of page 0 has another actor than everything else.
        Proxy.Requests.Clear();
        await using var fresh = Place.Open(Proxy.Address);
        Assert.Equal(Numbers(500, 491), await NumbersAsync(fresh, new() { Actor = "bob", NewestFirst = true, Limit = 10 }));
        Assert.Contains("timeline#000000", PagesRead());
        Assert.DoesNotContain("timeline#000001", PagesRead());

        var last = (await fresh.Timeline.ReadAsync(new() { NewestFirst = true, Limit = 1 }, Cancelled))[0];
        Assert.Equal(Numbers(100, 109), await NumbersAsync(fresh, new() { From = last.At.AddSeconds(-3100), To = last.At.AddSeconds(-3090) }));
        Assert.DoesNotContain("timeline#000001", PagesRead());
        Assert.Equal(new ChainVerification(true, 3200, null, null), await fresh.Timeline.VerifyAsync(Cancelled));

        List<string> PagesRead() => [.. Proxy.Requests.Where(request => request.Operation == "Query")
            .Select(request => request.Body.GetProperty("ExpressionAttributeValues").TryGetProperty(":page", out var page) ? page.GetProperty("S").GetString()! : "")];
    }

    [Fact]
    public async Task What_lies_before_an_end_that_is_known_is_read_without_asking_the_table()
    {
        await using var store = Place.Open(Proxy.Address);
        await SaveAsync(store, "a", 0);
        await SaveAsync(store, "b", 0);
        await using var other = Place.Open();
        await SaveAsync(other, "c", 0);
        Proxy.Requests.Clear();

        Assert.Equal([1], await NumbersAsync(store, new() { Subject = "a", Before = 3, NewestFirst = true }));
        Assert.Empty(Proxy.Requests);
        Assert.Equal([1, 2, 3], await NumbersAsync(store, new() { Before = 4 }));
        Assert.NotEmpty(Proxy.Requests);
    }

    [Fact]
    public async Task A_page_is_filled_and_the_next_begun_without_a_gap_by_two_consoles()
    {
        await FillAsync(990);
        await using var left = Place.Open();
        await using var right = Place.Open();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(index => Task.Run(
            () => (index % 2 == 0 ? left : right).Timeline.AppendAsync(Events.Flip(), Cancelled).AsTask())));

        await using var third = Place.Open();
        Assert.Equal(Numbers(1010, 991), await NumbersAsync(third, new() { NewestFirst = true, Limit = 20 }));
        Assert.Equal(new ChainVerification(true, 1010, null, null), await third.Timeline.VerifyAsync(Cancelled));
        var summary = await Place.Client.GetItemAsync(Place.Options.RecordsTable, new() { ["pk"] = new("timeline-pages"), ["sk"] = new("000000") }, Cancelled);
        Assert.NotNull(summary.Item);
    }

    [Theory]
    [InlineData("change", 2, "changed after it was written")]
    [InlineData("remove", 2, "missing")]
    [InlineData("spoil", 2, "not complete")]
    [InlineData("cut", 4, "cut off")]
    public async Task A_silent_change_of_the_past_is_found(string meddling, long firstBroken, string problem)
    {
        await using var store = Place.Open();
        for (var index = 0; index < 4; index++)
        {
            await store.Timeline.AppendAsync(Events.Flip(), Cancelled);
        }

        var (attribute, entry) = meddling switch { "change" => ("reason", 2), "spoil" => ("at", 2), "cut" => ("", 4), _ => ("", 2) };
        var key = new Item { ["pk"] = new("timeline#000000"), ["sk"] = new($"{entry:D12}") };
        if (attribute.Length == 0)
        {
            await Place.Client.DeleteItemAsync(Place.Options.RecordsTable, key, Cancelled);
        }
        else
        {
            await Place.Client.UpdateItemAsync(
                new()
                {
                    TableName = Place.Options.RecordsTable,
                    Key = key,
                    UpdateExpression = "SET #a = :x",
                    ExpressionAttributeNames = new() { ["#a"] = attribute },
                    ExpressionAttributeValues = new() { [":x"] = new("it was somebody else") },
                },
                Cancelled);
        }

        var chain = await store.Timeline.VerifyAsync(Cancelled);
        Assert.False(chain.Intact);
        Assert.Equal(firstBroken, chain.FirstBroken);
        Assert.Contains(problem, chain.Problem, StringComparison.Ordinal);
    }

    private static IEnumerable<long> Numbers(long from, long to)
    {
        for (var number = from; from < to ? number <= to : number >= to; number += from < to ? 1 : -1)
        {
            yield return number;
        }
    }

    private static async Task<List<long>> NumbersAsync(DynamoStore store, TimelineQuery query) =>
        [.. (await store.Timeline.ReadAsync(query, Cancelled)).Select(entry => entry.Sequence)];

    /// <summary>Writes entries as the console would, but many at once: one a second, every tenth about a run.</summary>
    private async Task FillAsync(int count)
    {
        var items = new TimelineItems(Place.Options, null!);
        var at = TimeProvider.System.GetUtcNow().AddSeconds(-count);
        var previous = HashChain.Genesis;
        var writes = new List<Amazon.DynamoDBv2.Model.WriteRequest>();
        for (var number = 1; number <= count; number++)
        {
            var @event = number % 10 == 0
                ? Events.Flip($"run:{number % 1000}", actor: number <= 500 ? "bob" : "ana", kind: TimelineKinds.RunStarted)
                : Events.Flip($"flag:{number % 50}", actor: number <= 500 ? "bob" : "ana");
            var entry = HashChain.Append(@event, at.AddSeconds(number), number - 1, previous);
            previous = entry.Hash;
            writes.Add(new(new Amazon.DynamoDBv2.Model.PutRequest(items.Write(entry, new PackedEvent($"event-{number}", @event, "", 0)))));
        }

        foreach (var batch in writes.Chunk(25))
        {
            await Place.Client.BatchWriteItemAsync(new Dictionary<string, List<Amazon.DynamoDBv2.Model.WriteRequest>> { [Place.Options.RecordsTable] = [.. batch] }, Cancelled);
        }
    }
}
