using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Health;

namespace OpsConsole.Features.Health;

/// <summary>Health and its history for automation.</summary>
internal static class HealthEndpoints
{
    private const int MaxPoints = 5000;
    private const int DefaultPoints = 600;
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(31);

    public static void MapHealthApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/health").RequireAuthorization(AccessPolicies.View).WithTags("Health");
        group.MapGet("", Now)
            .WithName("GetHealth")
            .WithSummary("The vital signs of every service now, with their age and freshness at the time of the answer.");
        group.MapGet("/{service}/history", HistoryAsync)
            .WithName("GetHealthHistory")
            .WithSummary("A service's vital signs over a window, cut into buckets with minimum, maximum and mean; null where there was no evidence.");
    }

    private static JsonHttpResult<HealthAnswer> Now(HealthFeed feed, HealthJudge judge, TimeProvider time)
    {
        var snapshot = feed.Current;
        return TypedResults.Json(
            new HealthAnswer(
                time.GetUtcNow(),
                snapshot.Sequence,
                [.. snapshot.Services.Values.Select(sample => ServiceAnswer.From(judge.AsOfNow(snapshot, sample)))]),
            HealthJson.Default.HealthAnswer);
    }

    private static async Task<Results<HistoryResult, ProblemHttpResult, ValidationProblem>> HistoryAsync(
        string service, string? from, string? to, string? points, HealthFeed feed, TimeProvider time, IHealthHistory history, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var end = Time("to", to, time.GetUtcNow(), errors);
        var start = Time("from", from, end - DefaultWindow, errors);
        if (errors.Count == 0 && (end <= start || end - start > MaxWindow))
        {
            errors["from"] = ["from must lie before to, by 31 days at most."];
        }

        var count = DefaultPoints;
        if (points is not null && (!int.TryParse(points, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxPoints))
        {
            errors["points"] = [$"points must be a whole number from 1 to {MaxPoints}."];
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var window = await history.ReadAsync(service, start, end, count, cancellationToken);
        if (window is not null)
        {
            return new HistoryResult(window);
        }

        return feed.Current.Find(service) is null
            ? Problems.NotFound("service", service, "GET /api/v1/health lists the services that are known.")
            : new HistoryResult(new HistoryWindow(service, start, TimeSpan.FromSeconds(1), 0, []));
    }

    private static DateTimeOffset Time(string member, string? text, DateTimeOffset otherwise, Dictionary<string, string[]> errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        // Beyond these a window could not be computed with.
        const double FirstSecond = 0;
        const double LastSecond = 32503680000;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= FirstSecond and <= LastSecond)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time)
            && (time - DateTimeOffset.UnixEpoch).TotalSeconds is >= FirstSecond and <= LastSecond)
        {
            return time;
        }

        errors[member] = ["A time is written in ISO 8601 (with + as %2B) or as Unix seconds."];
        return otherwise;
    }
}
