using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Timeline;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Api;

internal static class RunEndpoints
{
    private const int MaxLessons = 20_000;

    public static void MapRunEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/runs").WithTags("Runs").DisableAntiforgery();
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("ListRuns").WithSummary("Runs, newest first, by experiment, service, state, verdict.");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("GetRun").WithSummary("One run.");
        group.MapPost("/{id}/halt", HaltAsync).RequireAuthorization(AccessPolicies.Operate).Accepts<HaltRequest>(isOptional: true, "application/json", "*/*")
            .WithName("HaltRun").WithSummary("Halts a run and proves that its faults are gone.");
        group.MapPut("/{id}/lessons", LessonsAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("PutLessons").WithSummary("Keeps what was learned from a run that is over.");
        group.MapGet("/{id}/export", ExportAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("ExportRun").WithSummary("Everything that is kept of a run, with its timeline.");
    }

    private static ProblemHttpResult UnknownRun(string id) => Problems.NotFound("run", id, "GET /api/v1/runs lists them.");

    private static async Task<Results<Ok<RunList>, ValidationProblem>> ListAsync(
        string? experiment, string? service, string? state, string? verdict, int? limit, RunService runs, CancellationToken cancellationToken)
    {
        var filter = new RunFilter(experiment, service, state, verdict, limit ?? 100);
        return filter.Problem() is var (member, message)
            ? Problems.Invalid(member, message)
            : TypedResults.Ok(new RunList([.. filter.Apply(await runs.ListAsync(cancellationToken)).Select(RunDocument.From)]));
    }

    private static async Task<Results<Ok<RunDocument>, ProblemHttpResult>> GetAsync(
        string id, RunService runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { } run ? TypedResults.Ok(RunDocument.From(run)) : UnknownRun(id);

    private static async Task<Results<Ok<RunDocument>, ProblemHttpResult>> HaltAsync(
        string id, HaltRequest request, Halts halts, RunService runs, HttpContext context)
    {
        switch (await halts.HaltRunAsync(id, context.User.Identity!.Name!, Reasons.Cut(request.Reason)))
        {
            case HaltOutcome.Ordered ordered:
                return TypedResults.Ok(RunDocument.From(ordered.Run));
            case HaltOutcome.NotNeeded notNeeded:
                return Refuse(notNeeded.Run, notNeeded.Why);
            case HaltOutcome.Unknown { Unread: { } problem, Proof: { } proof }:
                return Problems.HaltedUnread(id, proof, problem);
            default:
                return await runs.FindAsync(id, context.RequestAborted) is { } run && !run.CanHalt(out var why) ? Refuse(run, why) : UnknownRun(id);
        }

        static ProblemHttpResult Refuse(Run run, string why) => Problems.Refused(
            why, new Dictionary<string, object?>(StringComparer.Ordinal) { ["run"] = run.Id, ["state"] = run.State.ToString() });
    }

    private static async Task<Results<Ok<RunDocument>, ProblemHttpResult, ValidationProblem>> LessonsAsync(
        string id, LessonsRequest request, RunService runs, HttpContext context, CancellationToken cancellationToken)
    {
        if (request.Lessons is not { Length: <= MaxLessons } lessons)
        {
            return Problems.Invalid("lessons", $"Send a text of at most {MaxLessons} characters.");
        }

        return await runs.WriteLessonsAsync(id, context.User.Identity!.Name!, lessons, cancellationToken) switch
        {
            (null, _) => UnknownRun(id),
            (_, { } problem) => Problems.Refused(problem),
            ({ } run, null) => TypedResults.Ok(RunDocument.From(run)),
        };
    }

    private static async Task<Results<JsonHttpResult<RunExport>, ProblemHttpResult>> ExportAsync(
        string id, RunService runs, ITimeline timeline, TimeProvider time, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await runs.FindAsync(id, cancellationToken) is not { } run)
        {
            return UnknownRun(id);
        }

        var entries = await timeline.ReadAsync(new TimelineQuery { Subject = Subjects.Run(id), Limit = 1000 }, cancellationToken);
        response.Headers.ContentDisposition = $"attachment; filename=\"run-{id}.json\"";
        return TypedResults.Json(
            new RunExport("opsconsole-run-1", time.GetUtcNow(), RunDocument.From(run), [.. entries]), ExperimentsJson.Default.RunExport);
    }
}
