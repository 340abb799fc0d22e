using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Experiments;
using OpsConsole.Core.Parameters;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Api;

internal static class ExperimentEndpoints
{
    public static void MapExperimentEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/experiments").WithTags("Experiments").DisableAntiforgery();
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("ListExperiments").WithSummary("Every definition.");
        group.MapGet("/{id}", GetAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("GetExperiment").WithSummary("One definition; its revision in the ETag.");
        group.MapPut("/{id}", PutAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("PutExperiment").WithSummary("Creates (If-None-Match: *) or changes (If-Match) a definition.");
        group.MapDelete("/{id}", DeleteAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("DeleteExperiment").WithSummary("Deletes a definition (If-Match). Its runs are kept.");
        group.MapPost("/{id}/preflight", PreflightAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("PreflightExperiment").WithSummary("Makes the checks before a start, without starting anything.");
        group.MapPost("/{id}/runs", LaunchAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("LaunchRun").WithSummary("Launches a run. The same clientToken gives the same run.");
    }

    private static ProblemHttpResult UnknownExperiment(string id) => Problems.NotFound("experiment", id, "GET /api/v1/experiments lists them.");

    private static async Task<Ok<ExperimentList>> ListAsync(
        ExperimentService experiments, TemplateMapping mapping, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ExperimentList(
            [.. (await experiments.ListAsync(cancellationToken)).Select(stored => ExperimentDocument.From(stored, mapping.Of(stored.Value)))], (await experiments.TemplatesAsync(cancellationToken)).Problem));

    private static async Task<Results<Ok<ExperimentDocument>, ProblemHttpResult>> GetAsync(
        string id, ExperimentService experiments, TemplateMapping mapping, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await experiments.FindDefinitionAsync(id, cancellationToken) is not { } stored)
        {
            return UnknownExperiment(id);
        }

        response.Headers.ETag = Revisions.ETag(stored.Revision);
        var mapped = mapping.Of(stored.Value);
        var template = await experiments.TemplateAsync(mapped?.Id ?? stored.Value.Template, cancellationToken);
        return TypedResults.Ok(ExperimentDocument.From(stored.Value, stored.Revision, mapped, template));
    }

    private static async Task<Results<Ok<ExperimentDocument>, Created<ExperimentDocument>, ProblemHttpResult, ValidationProblem>> PutAsync(
        string id, ExperimentChange change, ExperimentService experiments, ParameterFeed parameters, HttpContext context, CancellationToken cancellationToken)
    {
        if (Revisions.Expected(context.Request) is not { } revision)
        {
            return BuiltInExperiments.Find(id) is { } builtIn && !builtIn.CanChange(out var why)
                ? Problems.Refused(why)
                : Problems.RevisionRequired();
        }

        var outcome = await experiments.SaveAsync(
            change.ToExperiment(id, parameters.Current.SafeguardDefaults), revision, context.User.Identity!.Name!, change.Reason ?? "", cancellationToken);
        switch (outcome)
        {
            case ExperimentOutcome.Saved saved:
                context.Response.Headers.ETag = Revisions.ETag(saved.Record.Revision);
                var document = ExperimentDocument.From(saved.Record);
                return revision == 0 ? TypedResults.Created($"/api/v1/experiments/{id}", document) : TypedResults.Ok(document);
            case ExperimentOutcome.Invalid invalid:
                return Problems.Invalid(invalid.Errors.ToDictionary(StringComparer.Ordinal));
            case ExperimentOutcome.Refused refused:
                return Problems.Refused(refused.Why);
            default:
                return Problems.Changed("experiment", (outcome as ExperimentOutcome.Conflict)?.Current?.Revision);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string id, ExperimentService experiments, HttpContext context, CancellationToken cancellationToken)
    {
        if (Revisions.Expected(context.Request) is not { } revision)
        {
            return BuiltInExperiments.Find(id) is { } builtIn && !builtIn.CanChange(out var why)
                ? Problems.Refused(why)
                : Problems.RevisionRequired();
        }

        return await experiments.DeleteAsync(id, revision, context.User.Identity!.Name!, cancellationToken) switch
        {
            ExperimentOutcome.Saved => TypedResults.NoContent(),
            ExperimentOutcome.Refused refused => Problems.Refused(refused.Why),
            ExperimentOutcome.Conflict conflict => Problems.Changed("experiment", conflict.Current?.Revision),
            _ => UnknownExperiment(id),
        };
    }

    private static async Task<Results<Ok<PreflightDocument>, ProblemHttpResult>> PreflightAsync(
        string id, ExperimentService experiments, PreflightDesk desk, CancellationToken cancellationToken)
    {
        if (await experiments.FindAsync(id, cancellationToken) is not { } stored)
        {
            return UnknownExperiment(id);
        }

        var result = await desk.LookAsync(stored.Value, cancellationToken);
        return TypedResults.Ok(new PreflightDocument(result.Passed, result.Checks, [.. result.Targets]));
    }

    private static async Task<Results<Accepted<RunDocument>, ProblemHttpResult, ValidationProblem>> LaunchAsync(
        string id, LaunchRequest? request, RunService runs, HttpContext context, CancellationToken cancellationToken)
    {
        if (request?.Reason?.Length > Reasons.Longest)
        {
            return Problems.Invalid("reason", $"Use at most {Reasons.Longest} characters.");
        }

        if (request?.ClientToken is { Length: 0 or > 100 })
        {
            return Problems.Invalid("clientToken", "Use 1 to 100 characters.");
        }

        return await runs.LaunchAsync(id, context.User.Identity!.Name!, request?.Reason?.Trim() ?? "", request?.ClientToken, cancellationToken) switch
        {
            LaunchOutcome.Accepted accepted => TypedResults.Accepted($"/api/v1/runs/{accepted.Run.Id}", RunDocument.From(accepted.Run)),
            LaunchOutcome.Busy busy => Problems.Refused(
                $"Run {busy.Other.Id} of {busy.Other.Experiment.Id} is {busy.Other.State} on {busy.Other.Experiment.Service}. Wait for it, or halt it.",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["run"] = busy.Other.Id }),
            LaunchOutcome.Refused refused => Problems.Refused(
                refused.Sentence,
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["checks"] = refused.Preflight.Checks, ["run"] = refused.RunId }),
            _ => UnknownExperiment(id),
        };
    }
}
