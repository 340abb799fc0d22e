using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags;

/// <summary>Flags for automation: <c>/api/v1/flags</c>.</summary>
internal static class FlagEndpoints
{
    private const string WhatToDo = "GET /api/v1/flags lists every flag.";
    private const int LongestReason = 500;

    public static void MapFlagEndpoints(this IEndpointRouteBuilder app)
    {
        var flags = app.MapGroup("/api/v1/flags").WithTags("Flags");
        flags.MapGet("", List).RequireAuthorization(AccessPolicies.View)
            .Produces<FlagsDocument>().WithName("ListFlags").WithSummary("Every flag: intent, what is served now, and why");
        flags.MapGet("{key}", Get).RequireAuthorization(AccessPolicies.View)
            .Produces<FlagDocument>().WithName("GetFlag").WithSummary("One flag; its revision is in ETag");
        flags.MapPut("{key}", PutAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<FlagDocument>().WithName("PutFlag").WithSummary("Create a flag (If-None-Match: *) or replace it (If-Match: \"revision\")");
        flags.MapPost("{key}/flip", FlipAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<FlagDocument>().WithName("FlipFlag").WithSummary("Set a flag's intent ON or OFF");
        flags.MapPost("{key}/latch-reset", ResetLatchAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<FlagDocument>().WithName("ResetFlagLatch").WithSummary("Let a latched flag be served again");
        flags.MapPost("{key}/unarchive", UnarchiveAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<FlagDocument>().WithName("UnarchiveFlag").WithSummary("Take a flag out of the archive");
        flags.MapDelete("{key}", ArchiveAsync).RequireAuthorization(AccessPolicies.Operate)
            .Produces<FlagDocument>().WithName("ArchiveFlag").WithSummary("Put a flag into the archive: it is served OFF and kept for the record");
    }

    private static IResult List(FlagGates gates)
    {
        var board = gates.Board.Snapshot;
        return gates.Ready
            ? TypedResults.Ok(new FlagsDocument(board.Version, board.At, [.. board.Flags.Values.Select(FlagDocument.From)]))
            : NotReady();
    }

    private static IResult Get(string key, FlagGates gates, HttpContext http) =>
        !gates.Ready ? NotReady() : (IResult?)Show(key, gates, http) ?? Problems.NotFound("flag", key, WhatToDo);

    private static async Task<IResult> PutAsync(
        string key, FlagBody body, FlagService flags, FlagGates gates, FlagCatalog catalog, HttpContext http, CancellationToken cancellationToken)
    {
        if (body.Key is not null && body.Key != key)
        {
            return Problems.Invalid("key", $"The address says “{key}”.");
        }

        if (TooLong(body.ChangeReason, "changeReason") is { } tooLong)
        {
            return tooLong;
        }

        var current = catalog.Find(key);
        if (Expected(http.Request, current?.Revision) is not { } expected)
        {
            return Problems.RevisionRequired();
        }

        var outcome = await flags.SaveAsync(
            body.ToFlag(key, current?.Value), expected, Actor(http), (body.ChangeReason ?? "").Trim(), cancellationToken);
        return outcome is FlagOutcome.Saved { Flag.Revision: 1 } && expected == 0
            ? CreatedFlag(key, gates, http)
            : Answer(key, outcome, gates, http);
    }

    private static async Task<IResult> FlipAsync(
        string key, FlipBody body, FlagService flags, FlagGates gates, HttpContext http, CancellationToken cancellationToken)
    {
        if (body.Enabled is not { } enabled)
        {
            return Problems.Invalid("enabled", "Say true for ON or false for OFF.");
        }

        return TooLong(body.Reason)
            ?? Answer(key, await flags.FlipAsync(key, enabled, Actor(http), (body.Reason ?? "").Trim(), cancellationToken), gates, http);
    }

    private static async Task<IResult> ResetLatchAsync(
        string key, FlagService flags, FlagGates gates, HttpContext http, CancellationToken cancellationToken, [FromBody] ReasonBody? body = null) =>
        (IResult?)TooLong(body?.Reason) ?? Answer(key, await flags.ResetLatchAsync(key, Actor(http), (body?.Reason ?? "").Trim(), cancellationToken), gates, http);

    private static async Task<IResult> ArchiveAsync(
        string key, FlagService flags, FlagGates gates, FlagCatalog catalog, HttpContext http, CancellationToken cancellationToken, string reason = "")
    {
        var revision = http.Request.Headers.IfMatch.Count == 0 ? null : Expected(http.Request, catalog.Find(key)?.Revision);
        return (IResult?)TooLong(reason) ?? Answer(key, await flags.ArchiveAsync(key, archived: true, revision, Actor(http), reason.Trim(), cancellationToken), gates, http);
    }

    private static async Task<IResult> UnarchiveAsync(
        string key, FlagService flags, FlagGates gates, HttpContext http, CancellationToken cancellationToken, [FromBody] ReasonBody? body = null) =>
        (IResult?)TooLong(body?.Reason) ?? Answer(key, await flags.ArchiveAsync(key, archived: false, null, Actor(http), (body?.Reason ?? "").Trim(), cancellationToken), gates, http);

    private static ValidationProblem? TooLong(string? reason, string member = "reason") =>
        reason?.Length > LongestReason ? Problems.Invalid(member, $"A reason has at most {LongestReason} characters.") : null;

    private static IResult Answer(string key, FlagOutcome outcome, FlagGates gates, HttpContext http) => outcome switch
    {
        FlagOutcome.Saved => (IResult?)Show(key, gates, http) ?? Problems.NotFound("flag", key, WhatToDo),
        FlagOutcome.Ahead => TypedResults.Accepted((string?)null, FlagDocument.From(gates.Board.Snapshot.Flags[key])),
        FlagOutcome.Invalid invalid => Problems.Invalid(invalid.Errors.ToDictionary(StringComparer.Ordinal)),
        FlagOutcome.Conflict conflict => Problems.Changed("flag", conflict.Current?.Revision),
        FlagOutcome.Refused refused => Problems.Refused(refused.Problem),
        _ => Problems.NotFound("flag", key, WhatToDo),
    };

    private static Created<FlagDocument> CreatedFlag(string key, FlagGates gates, HttpContext http)
    {
        var view = gates.Board.Snapshot.Flags[key];
        WriteRevision(http, view.Revision);
        return TypedResults.Created($"/api/v1/flags/{key}", FlagDocument.From(view));
    }

    private static Ok<FlagDocument>? Show(string key, FlagGates gates, HttpContext http)
    {
        if (!gates.Board.Snapshot.Flags.TryGetValue(key, out var view))
        {
            return null;
        }

        WriteRevision(http, view.Revision);
        return TypedResults.Ok(FlagDocument.From(view));
    }

    private static void WriteRevision(HttpContext http, long revision) => http.Response.Headers.ETag = $"\"{revision}\"";

    /// <summary>The revision on which a change rests; 0 to create, -1 for what cannot be any, <see langword="null"/> if the request does not say.</summary>
    private static long? Expected(HttpRequest request, long? current)
    {
        if (request.Headers.IfNoneMatch == "*")
        {
            return 0;
        }

        if (request.Headers.IfMatch.Count == 0)
        {
            return current is null ? 0 : null;
        }

        return request.Headers.IfMatch == "*" ? current ?? -1
            : EntityTagHeaderValue.TryParse(request.Headers.IfMatch.ToString(), out var tag) && long.TryParse(tag.Tag.AsSpan().Trim('"'), out var revision) && revision > 0
                ? revision
                : -1;
    }

    private static string Actor(HttpContext http) => http.User.Identity?.Name ?? "unknown";

    private static ProblemHttpResult NotReady() => Problems.StoreUnavailable("The flags were not read from the store yet. Try again in a second.");
}
