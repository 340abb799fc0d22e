using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Timeline;

namespace OpsConsole.Features.Timeline;

/// <summary><c>/api/v1/timeline</c>: read, verify, export.</summary>
internal static class TimelineEndpoints
{
    private const int ExportPage = 1000;

    public static void MapTimelineEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/timeline").RequireAuthorization(AccessPolicies.View).WithTags("Timeline");
        group.MapGet("", ReadAsync).WithName("ReadTimeline")
            .WithSummary("Entries by number, time, kind or family (kind=flag.), actor, subject and text; oldest first if after is given, else newest first.");
        group.MapGet("verify", VerifyAsync).WithName("VerifyTimeline")
            .WithSummary("Re-computes the whole hash chain and names the first entry that does not fit.");
        group.MapGet("export", ExportAsync).WithName("ExportTimeline")
            .WithSummary("Every entry that fits the filters, oldest first, one JSON object a line.");
    }

    private static async Task<Results<JsonHttpResult<TimelinePage>, ValidationProblem>> ReadAsync(
        [AsParameters] TimelineRequest request, ITimeline timeline, CancellationToken cancellationToken)
    {
        var query = request.Parse(out var errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var entries = await timeline.ReadAsync(query, cancellationToken);
        var last = entries.Count == 0 ? query.After ?? 0 : Math.Max(entries[0].Sequence, entries[^1].Sequence);
        return TypedResults.Json(new TimelinePage(entries, last), TimelineJson.Default.TimelinePage);
    }

    private static async Task<JsonHttpResult<ChainVerification>> VerifyAsync(ITimeline timeline, CancellationToken cancellationToken) =>
        TypedResults.Json(await timeline.VerifyAsync(cancellationToken), TimelineJson.Default.ChainVerification);

    private static async Task<Results<PushStreamHttpResult, ValidationProblem>> ExportAsync(
        [AsParameters] TimelineRequest request, ITimeline timeline, CancellationToken cancellationToken)
    {
        var query = request.Parse(out var errors) with { NewestFirst = false, Limit = ExportPage };
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        // The first page is read before the answer begins, so that an outage is still told as one.
        var first = await timeline.ReadAsync(query, cancellationToken);
        return TypedResults.Stream(
            output => WriteAsync(output, first, query, timeline, cancellationToken), "application/x-ndjson", "timeline.ndjson");
    }

    private static async Task WriteAsync(
        Stream output, IReadOnlyList<TimelineEntry> page, TimelineQuery query, ITimeline timeline, CancellationToken cancellationToken)
    {
        while (page.Count > 0)
        {
            foreach (var entry in page)
            {
                await JsonSerializer.SerializeAsync(output, entry, TimelineJson.Default.TimelineEntry, cancellationToken);
                await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }

            page = page.Count < ExportPage ? [] : await timeline.ReadAsync(query with { After = page[^1].Sequence }, cancellationToken);
        }
    }
}
