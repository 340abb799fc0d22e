using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Tests.Flags;

public sealed class FlagApiTests
{
    private static readonly object Limited = new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5, recoverForSeconds = 1 } };

    [Fact]
    public async Task A_flag_is_created_read_and_replaced_on_its_revision()
    {
        using var console = new FlagConsole();
        Assert.Equal(HttpStatusCode.Created, (await console.PutAsync("a", new { description = "one" })).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await console.PutAsync("a", new { description = "two" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await console.PutAsync("a", new { description = "two" }, "\"1\"")).StatusCode);

        using var conflict = await console.PutAsync("a", new { description = "three" }, "\"1\"");
        Assert.Equal(HttpStatusCode.PreconditionFailed, conflict.StatusCode);
        Assert.Equal(2, (await FlagConsole.ReadAsync(conflict)).GetProperty("currentRevision").GetInt64());
        Assert.Equal("two", (await console.GetAsync("/api/v1/flags/a")).GetProperty("description").GetString());
    }

    [Fact]
    public async Task Of_twenty_operators_who_save_the_same_revision_at_once_one_wins_and_the_others_are_told()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { description = "one" });
        var saves = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => console.PutAsync("a", new { description = $"by {number}" }, "\"1\"")));

        var winner = Assert.Single(Enumerable.Range(0, 20), number => saves[number].StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, saves.Count(save => save.StatusCode == HttpStatusCode.PreconditionFailed));
        var flag = await console.GetAsync("/api/v1/flags/a");
        Assert.Equal(($"by {winner}", 2), (flag.GetProperty("description").GetString(), flag.GetProperty("revision").GetInt64()));
    }

    [Fact]
    public async Task Two_hundred_flips_at_once_lose_none()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = false });
        var flips = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => console.FlipAsync("a", i % 2 == 0, $"flip {i}")));
        Assert.All(flips, flip => Assert.Equal(HttpStatusCode.OK, flip.StatusCode));

        var timeline = console.Host.Services.GetRequiredService<ITimeline>();
        var entries = await timeline.ReadAsync(
            new TimelineQuery { Subject = "flag:a", Kind = "flag.flipped", Limit = 1000 }, TestContext.Current.CancellationToken);
        var all = await timeline.ReadAsync(new TimelineQuery { Subject = "flag:a", Limit = 1000 }, TestContext.Current.CancellationToken);
        var revision = (await console.GetAsync("/api/v1/flags/a")).GetProperty("revision").GetInt64();
        Assert.Equal(revision, all.Count(entry => entry.Kind.StartsWith("flag.", StringComparison.Ordinal)));
        Assert.True(entries.Count <= 200);
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_member()
    {
        using var console = new FlagConsole();
        using var answer = await console.PutAsync("a", new { percentage = 101, prerequisites = new[] { "a" }, conditions = new { service = "", maxErrorRate = -1 } });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var errors = (await FlagConsole.ReadAsync(answer)).GetProperty("errors");
        Assert.All(
            ["percentage", "prerequisites", "conditions.service", "conditions.maxErrorRate"],
            member => Assert.True(errors.TryGetProperty(member, out _), member));
    }

    [Fact]
    public async Task Flags_that_would_wait_for_each_other_are_refused()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { });
        await console.PutAsync("b", new { prerequisites = new[] { "a" } });
        using var answer = await console.PutAsync("a", new { prerequisites = new[] { "b" } }, "\"1\"");
        Assert.Contains("a → b → a", (await FlagConsole.ReadAsync(answer)).GetProperty("errors").GetProperty("prerequisites")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turning_a_flag_ON_in_production_asks_for_a_reason_and_OFF_does_not()
    {
        using var console = new FlagConsole(null, ("OpsConsole:Environment", "production"));
        using var refusedNew = await console.PutAsync("new", new { enabled = true });
        Assert.True((await FlagConsole.ReadAsync(refusedNew)).GetProperty("errors").TryGetProperty("changeReason", out _));
        Assert.Equal(HttpStatusCode.Created, (await console.PutAsync("new", new { enabled = true, changeReason = "launch" })).StatusCode);

        await console.PutAsync("a", new { });
        using var refused = await console.FlipAsync("a", true, reason: null);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.True((await FlagConsole.ReadAsync(refused)).GetProperty("errors").TryGetProperty("reason", out _));
        Assert.Equal(HttpStatusCode.OK, (await console.FlipAsync("a", true, "launch")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await console.FlipAsync("a", false, reason: null)).StatusCode);
    }

    [Fact]
    public async Task A_flag_is_shed_when_its_error_rate_is_over_the_limit_and_restored_when_it_has_recovered()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", Limited);
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, true));

        console.Health.Signs = console.Health.Signs with { ErrorRate = 7.2 };
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, false));
        var shed = await console.GetAsync("/api/v1/flags/a");
        Assert.True(shed.GetProperty("enabled").GetBoolean());
        Assert.StartsWith("Requested ON, serving OFF: error rate 7.2 % > 5 % for ", shed.GetProperty("why").GetString(), StringComparison.Ordinal);

        console.Health.Signs = console.Health.Signs with { ErrorRate = 0 };
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, true));
        var timeline = console.Host.Services.GetRequiredService<ITimeline>();
        await FlagConsole.EventuallyAsync(async () =>
        {
            var entries = await timeline.ReadAsync(new TimelineQuery { Subject = "flag:a" }, TestContext.Current.CancellationToken);
            return entries.Any(entry => entry.Kind == TimelineKinds.FlagShed && entry.Data["sign"] == "errorRate" && entry.Data["limit"] == "5" && entry.Actor == Actors.Gate)
                && entries[^1].Kind == TimelineKinds.FlagRestored;
        });
    }

    [Fact]
    public async Task A_frozen_source_sheds_what_rests_on_it()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", Limited);
        await console.PutAsync("plain", new { enabled = true });
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, true));
        console.Health.Frozen = true;
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, false));
        Assert.True((await console.GetAsync("/api/v1/flags/plain")).GetProperty("served").GetBoolean());
    }

    [Fact]
    public async Task An_unwritable_store_refuses_ON_and_lets_OFF_go_ahead()
    {
        using var console = new FlagConsole();
        await console.PutAsync("on", new { enabled = true });
        await console.PutAsync("off", new { enabled = false });
        console.Store.Unwritable = true;

        using var refused = await console.FlipAsync("off", true);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("The disk is full.", (await FlagConsole.ReadAsync(refused)).GetProperty("detail").GetString());

        Assert.Equal(HttpStatusCode.Accepted, (await console.FlipAsync("on", false)).StatusCode);
        using var evaluated = await console.EvaluateAsync("on", """{"context":{}}""");
        Assert.False((await FlagConsole.ReadAsync(evaluated)).GetProperty("value").GetBoolean());

        console.Store.Unwritable = false;
        await FlagConsole.EventuallyAsync(async () => (await console.GetAsync("/api/v1/flags/on")).GetProperty("revision").GetInt64() == 2);
        Assert.False((await console.GetAsync("/api/v1/flags/on")).GetProperty("enabled").GetBoolean());
    }

    [Fact]
    public async Task An_OFF_is_served_while_the_store_keeps_it_waiting_and_is_told_once()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        console.Store.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);

        var flip = console.FlipAsync("a", false, "it burns");
        await FlagConsole.EventuallyAsync(async () => !(await console.GetAsync("/api/v1/flags/a")).GetProperty("served").GetBoolean());
        Assert.False(flip.IsCompleted);

        console.Store.Held.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await flip).StatusCode);
        var entries = await console.Host.Services.GetRequiredService<ITimeline>().ReadAsync(
            new TimelineQuery { Kind = TimelineKinds.FlagFlippedOff }, TestContext.Current.CancellationToken);
        Assert.Equal("it burns", Assert.Single(entries).Reason);
        Assert.Equal(HttpStatusCode.OK, (await console.FlipAsync("a", true)).StatusCode);
        Assert.True((await console.GetAsync("/api/v1/flags/a")).GetProperty("served").GetBoolean());
    }

    [Fact]
    public async Task An_OFF_that_went_ahead_of_the_store_survives_a_restart_and_is_written_when_the_store_is_well()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-test-");
        try
        {
            using (var first = new FlagConsole(directory.FullName))
            {
                await first.PutAsync("a", new { enabled = true });
                first.Store.Unwritable = true;
                using var ahead = await first.FlipAsync("a", false, "it burns");
                Assert.Equal(HttpStatusCode.Accepted, ahead.StatusCode);
                Assert.Contains("kept over a restart", (await FlagConsole.ReadAsync(ahead)).GetProperty("why").GetString(), StringComparison.Ordinal);
            }

            using var second = new FlagConsole(directory.FullName, unwritable: true);
            using var evaluated = await second.EvaluateAsync("a", """{"context":{}}""");
            Assert.False((await FlagConsole.ReadAsync(evaluated)).GetProperty("value").GetBoolean());
            using var refused = await second.FlipAsync("a", true);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.False((await second.GetAsync("/api/v1/flags/a")).GetProperty("enabled").GetBoolean());

            second.Store.Unwritable = false;
            await FlagConsole.EventuallyAsync(async () => (await second.GetAsync("/api/v1/flags/a")).GetProperty("revision").GetInt64() == 2);
            var entries = await second.Host.Services.GetRequiredService<ITimeline>().ReadAsync(
                new TimelineQuery { Kind = TimelineKinds.FlagFlippedOff }, TestContext.Current.CancellationToken);
            var entry = Assert.Single(entries);
            Assert.Equal(("otto", "it burns"), (entry.Actor, entry.Reason));
            Assert.True(entry.Data.ContainsKey("journaledAt"));
            Assert.Equal(HttpStatusCode.OK, (await second.FlipAsync("a", true)).StatusCode);
            Assert.True((await second.GetAsync("/api/v1/flags/a")).GetProperty("served").GetBoolean());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_OFF_that_can_be_kept_nowhere_says_that_a_restart_loses_it()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-test-");
        try
        {
            Directory.CreateDirectory(Path.Combine(directory.FullName, "intent-journal.ndjson"));
            using var console = new FlagConsole(directory.FullName);
            await console.PutAsync("a", new { enabled = true });
            console.Store.Unwritable = true;
            using var ahead = await console.FlipAsync("a", false);
            Assert.Equal(HttpStatusCode.Accepted, ahead.StatusCode);
            var flag = await FlagConsole.ReadAsync(ahead);
            Assert.False(flag.GetProperty("served").GetBoolean());
            Assert.Contains("only in memory", flag.GetProperty("why").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_archived_flag_is_served_OFF_and_cannot_be_turned_ON()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", new { enabled = true });
        using var archived = await console.Http.DeleteAsync(new Uri("/api/v1/flags/a", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("Archived, serving OFF", (await FlagConsole.ReadAsync(archived)).GetProperty("why").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await console.FlipAsync("a", true)).StatusCode);
    }

    [Fact]
    public async Task A_viewer_may_not_flip()
    {
        using var console = new FlagConsole();
        using var viewer = console.Host.Client(Hosting.ConsoleHost.ViewerKey);
        using var answer = await viewer.PostAsync(
            new Uri("/api/v1/flags/a/flip", UriKind.Relative), new StringContent("{\"enabled\":true}", null, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_latched_flag_stays_shed_over_a_restart_until_a_person_resets_it()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-test-");
        try
        {
            using (var first = new FlagConsole(directory.FullName))
            {
                await first.PutAsync("a", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5, recoverForSeconds = 0, latch = true } });
                await FlagConsole.EventuallyAsync(() => IsServedAsync(first, true));
                first.Health.Signs = first.Health.Signs with { ErrorRate = 9 };
                var timeline = first.Host.Services.GetRequiredService<ITimeline>();
                await FlagConsole.EventuallyAsync(async () =>
                    (await timeline.ReadAsync(new TimelineQuery { Kind = TimelineKinds.FlagShed }, TestContext.Current.CancellationToken)).Count == 1);
            }

            using var second = new FlagConsole(directory.FullName);
            await FlagConsole.EventuallyAsync(async () => (await second.GetAsync("/api/v1/flags/a")).GetProperty("latched").GetBoolean());
            await second.Http.PostAsync(new Uri("/api/v1/flags/a/latch-reset", UriKind.Relative), null, TestContext.Current.CancellationToken);
            await FlagConsole.EventuallyAsync(() => IsServedAsync(second, true));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_was_restored_before_a_restart_need_not_recover_again()
    {
        var directory = Directory.CreateTempSubdirectory("opsconsole-test-");
        try
        {
            using (var first = new FlagConsole(directory.FullName))
            {
                await first.PutAsync("a", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5, recoverForSeconds = 0 } });
                await FlagConsole.EventuallyAsync(() => IsServedAsync(first, true));
                first.Health.Signs = first.Health.Signs with { ErrorRate = 9 };
                await FlagConsole.EventuallyAsync(() => IsServedAsync(first, false));
                first.Health.Signs = first.Health.Signs with { ErrorRate = 0 };
                var timeline = first.Host.Services.GetRequiredService<ITimeline>();
                await FlagConsole.EventuallyAsync(async () =>
                    (await timeline.ReadAsync(new TimelineQuery { Kind = TimelineKinds.FlagRestored }, TestContext.Current.CancellationToken)).Count == 1);
                await first.PutAsync("a", new { enabled = true, conditions = new { service = "shop", maxErrorRate = 5, recoverForSeconds = 3600 } }, "\"1\"");
            }

            using var second = new FlagConsole(directory.FullName);
            await FlagConsole.EventuallyAsync(() => IsServedAsync(second, true));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_loop_that_decides_no_more_leaves_nothing_old_served()
    {
        using var console = new FlagConsole();
        await console.PutAsync("a", Limited);
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, true));
        await console.Host.Services.GetRequiredService<FlagGates>().StopAsync(TestContext.Current.CancellationToken);
        console.Health.Signs = console.Health.Signs with { ErrorRate = 9 };
        await FlagConsole.EventuallyAsync(() => IsServedAsync(console, false));
    }

    private static async Task<bool> IsServedAsync(FlagConsole console, bool served) =>
        (await console.GetAsync("/api/v1/flags/a")).GetProperty("served").GetBoolean() == served;
}
