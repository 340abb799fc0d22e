using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Core.Health;
using OpsConsole.Core.Records;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Health;

/// <summary>Whether the console itself is alive and of use, for whoever restarts it or sends it traffic.</summary>
internal static class HealthProbes
{
    private static readonly TimeSpan MonitorPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    public static void MapHealthProbes(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/healthz").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("/live", () => TypedResults.Json(new ReadinessAnswer("alive", []), HealthJson.Default.ReadinessAnswer));
        group.MapGet("/ready", ReadyAsync);
    }

    private static async Task<JsonHttpResult<ReadinessAnswer>> ReadyAsync(
        HealthFeed feed, HealthJudge judge, TimeProvider time, ITimeline timeline, StoreConditionFeed store, CancellationToken cancellationToken)
    {
        var checks = new[] { Monitor(feed, judge), await StoreAsync(timeline, store, time, cancellationToken) };
        var ready = checks.All(check => check.Passed);
        return TypedResults.Json(
            new ReadinessAnswer(ready ? "ready" : "not ready", checks),
            HealthJson.Default.ReadinessAnswer,
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static ReadinessCheck Monitor(HealthFeed feed, HealthJudge judge)
    {
        var snapshot = feed.Current;
        var age = judge.Now - snapshot.At;
        return snapshot.Sequence == 0 ? new("monitor", false, "It has not looked yet.")
            : age > MonitorPatience ? new("monitor", false, $"Its last look is {age.TotalSeconds:F1} s old.")
            : new("monitor", true, $"It looked {Math.Max(0, age.TotalSeconds):F1} s ago.");
    }

    private static async Task<ReadinessCheck> StoreAsync(
        ITimeline timeline, StoreConditionFeed store, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await timeline.ReadAsync(new TimelineQuery { Limit = 1, NewestFirst = true }, cancellationToken)
                .AsTask().WaitAsync(StorePatience, time, cancellationToken);
            return new("store", true, store.Current is var condition && condition.Lasts(time.GetUtcNow()) ? $"It can be read, but {Word(condition)}." : "It can be read.");
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The words of the exception may name paths and tables; this answer is for anybody.
            return new("store", false, store.Current is { Trouble: not StoreTrouble.None } condition ? $"It cannot be read: {Word(condition)}."
                : problem is TimeoutException ? "It does not answer."
                : "It cannot be read.");
        }
    }

    private static string Word(StoreCondition condition)
    {
        var what = condition.Trouble switch
        {
            StoreTrouble.Throttled => "it refuses requests because there are too many",
            StoreTrouble.Denied => "the console lacks a permission",
            StoreTrouble.NoCredentials => "the console's credentials are not accepted",
            StoreTrouble.Unfit => "something in it is missing or of another shape",
            _ => "it does not answer or fails",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{what}, since {condition.Since:HH:mm:ss} UTC");
    }
}
