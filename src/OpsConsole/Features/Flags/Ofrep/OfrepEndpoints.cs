using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Access;
using OpsConsole.Core.Flags;
using OpsConsole.Features.Flags.Gates;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>The OpenFeature Remote Evaluation Protocol, version 0.3.0: how applications in any language evaluate flags.</summary>
internal static class OfrepEndpoints
{
    private const int StreamInactivityDelay = 120;

    public static void MapOfrep(this IEndpointRouteBuilder app)
    {
        var ofrep = app.MapGroup("/ofrep/v1").WithTags("OFREP").DisableAntiforgery();
        ofrep.MapPost("evaluate/flags/{key}", EvaluateAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("OfrepEvaluate").WithSummary("Evaluate one flag");
        ofrep.MapPost("evaluate/flags", EvaluateAllAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("OfrepEvaluateAll").WithSummary("Evaluate every flag; the ETag covers the whole answer");

        // The token in the address is its credential: an EventSource cannot send a header.
        ofrep.MapGet("events", Follow).AllowAnonymous()
            .WithName("OfrepEvents").WithSummary("Follow changes of flags; the address comes with the evaluation of every flag");
    }

    private static async Task<IResult> EvaluateAsync(string key, FlagGates gates, HttpRequest request, CancellationToken cancellationToken)
    {
        var context = await OfrepContext.ReadAsync(request, cancellationToken);
        var board = gates.Board;
        if (!gates.Ready)
        {
            return NotReady();
        }

        if (context.ErrorCode is not null)
        {
            return Failed(key, StatusCodes.Status400BadRequest, context.ErrorCode, context.ErrorDetails);
        }

        if (!board.Snapshot.Flags.TryGetValue(key, out var view))
        {
            return Failed(key, StatusCodes.Status404NotFound, "FLAG_NOT_FOUND", $"There is no flag “{key}”.");
        }

        var evaluation = OfrepEvaluator.Evaluate(board, view, context.TargetingKey);
        return TypedResults.Json(
            evaluation,
            OfrepApiJson.Default.OfrepEvaluation,
            statusCode: evaluation.ErrorCode is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> EvaluateAllAsync(
        FlagGates gates, StreamTokens tokens, IOptions<FlagsOptions> options, HttpContext http, CancellationToken cancellationToken)
    {
        var context = await OfrepContext.ReadAsync(http.Request, cancellationToken);
        var board = gates.Board;
        if (!gates.Ready)
        {
            return NotReady();
        }

        if (context.ErrorCode is not null)
        {
            return Failed(null, StatusCodes.Status400BadRequest, context.ErrorCode, context.ErrorDetails);
        }

        var stream = "/ofrep/v1/events?token=" + Uri.EscapeDataString(tokens.Issue(http.User.Identity?.Name ?? ""));
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new OfrepBulk(
                [.. board.Snapshot.Flags.Values.Where(view => !view.Flag.Archived).Select(view => OfrepEvaluator.Evaluate(board, view, context.TargetingKey))],
                new(board.Snapshot.Version, options.Value.LeaseSeconds),
                [new("sse", new(stream), StreamInactivityDelay)]),
            OfrepApiJson.Default.OfrepBulk);
        var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = "no-cache";
        return Knows(http.Request, etag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Bytes(body, "application/json; charset=utf-8");
    }

    private static IResult Follow(
        FlagFeed feed,
        StreamTokens tokens,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        HttpContext http,
        CancellationToken cancellationToken,
        string? token = null)
    {
        var lasts = tokens.Remaining(token);
        if (lasts == TimeSpan.Zero)
        {
            if (http.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false;
            }

            return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
        }

        http.Response.Headers["X-Accel-Buffering"] = "no";
        var last = http.Request.Headers["Last-Event-ID"].ToString();
        return TypedResults.ServerSentEvents(FlagStream.FollowAsync(
            feed, last.Length == 0 ? null : last, clock, lasts, lifetime.ApplicationStopping, cancellationToken));
    }

    /// <summary>Some clients send the tag back without its quotes.</summary>
    private static bool Knows(HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.Any(value => value is not null && value.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag.Trim('"') == etag.Trim('"')));

    private static JsonHttpResult<OfrepEvaluation> Failed(string? key, int status, string code, string? details) => TypedResults.Json(
        new OfrepEvaluation(key, null, null, null, code, details, null), OfrepApiJson.Default.OfrepEvaluation, statusCode: status);

    /// <summary>Saying that there is no flag would overwrite what clients know.</summary>
    private static JsonHttpResult<OfrepFailure> NotReady() => TypedResults.Json(
        new OfrepFailure("The flags were not read from the store yet."), OfrepApiJson.Default.OfrepFailure, statusCode: StatusCodes.Status500InternalServerError);
}
