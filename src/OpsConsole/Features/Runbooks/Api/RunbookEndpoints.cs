using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Parameters;
using OpsConsole.Core.Runbooks;

namespace OpsConsole.Features.Runbooks.Api;

/// <summary>Runbooks for automation: <c>/api/v1/runbooks</c>.</summary>
internal static class RunbookEndpoints
{
    private const string Runbooks = "GET /api/v1/runbooks lists them.";
    private const string Executions = "GET /api/v1/runbooks/executions lists them.";

    public static void MapRunbookApi(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/runbooks").WithTags("Runbooks").DisableAntiforgery();
        group.MapGet("", List).RequireAuthorization(AccessPolicies.View)
            .WithName("ListRunbooks").WithSummary("The runbooks that can be started, with their documents and parameters.");
        group.MapPost("{name}/executions", StartAsync).RequireAuthorization(AccessPolicies.Operate).Produces<ExecutionDocument>(StatusCodes.Status202Accepted)
            .WithName("StartRunbook").WithSummary("Starts a runbook; one clientToken, one execution.");
        group.MapGet("executions", ListExecutions).RequireAuthorization(AccessPolicies.View)
            .WithName("ListRunbookExecutions").WithSummary("Executions, newest first.");
        group.MapGet("executions/{id}", GetAsync).RequireAuthorization(AccessPolicies.View).Produces<ExecutionDocument>()
            .WithName("GetRunbookExecution").WithSummary("One execution with its steps.");
        group.MapPost("executions/{id}/stop", StopAsync).RequireAuthorization(AccessPolicies.Operate).Produces<ExecutionDocument>()
            .WithName("StopRunbookExecution").WithSummary("Stops an execution at once.");
        group.MapPost("executions/{id}/decision", DecideAsync).RequireAuthorization(AccessPolicies.Administer).Produces<ExecutionDocument>()
            .WithName("DecideRunbookExecution").WithSummary("Approves or rejects the step that waits.");
        app.MapGet("/api/v1/parameters", (ParameterFeed feed) => TypedResults.Ok(ParameterDocument.From(feed.Current)))
            .WithTags("Runbooks").RequireAuthorization(AccessPolicies.View)
            .WithName("GetParameters").WithSummary("The shared parameters as last read; what is secret has no value.");
    }

    private static Ok<RunbookList> List(IRunbookEngine engine)
    {
        var catalog = engine.Catalog;
        return TypedResults.Ok(new RunbookList(engine.Name, [.. catalog.Runbooks.Values], catalog.Problems));
    }

    private static Ok<ExecutionList> ListExecutions(RunbookFeed feed) => TypedResults.Ok(
        new ExecutionList(feed.Current.ReadAt, feed.Current.Problem, [.. feed.Current.Executions.Select(ExecutionDocument.From)]));

    private static async Task<IResult> GetAsync(string id, RunbookBook book, CancellationToken cancellationToken) =>
        await book.FindAsync(id, cancellationToken) is { } execution
            ? TypedResults.Ok(ExecutionDocument.From(execution))
            : Problems.NotFound("execution", id, Executions);

    private static async Task<IResult> StartAsync(
        string name, RunbookStartRequest request, RunbookDesk desk, HttpContext http, CancellationToken cancellationToken) =>
        await desk.StartAsync(name, request.Service, http.User.Identity!.Name!, request.Reason, request.ClientToken, cancellationToken) switch
        {
            RunbookOutcome.Accepted accepted => TypedResults.Accepted(
                $"/api/v1/runbooks/executions/{accepted.Execution.Id}", ExecutionDocument.From(accepted.Execution)),
            var other => Answer(other, "runbook", name, Runbooks),
        };

    private static async Task<IResult> StopAsync(
        string id, RunbookStopRequest? request, RunbookDesk desk, HttpContext http, CancellationToken cancellationToken) =>
        Answer(await desk.StopAsync(id, http.User.Identity!.Name!, request?.Reason, cancellationToken), "execution", id, Executions);

    private static async Task<IResult> DecideAsync(
        string id, RunbookDecisionRequest request, RunbookDesk desk, HttpContext http, CancellationToken cancellationToken) =>
        request.Approved is { } approved
            ? Answer(await desk.DecideAsync(id, approved, http.User.Identity!.Name!, request.Reason, cancellationToken), "execution", id, Executions)
            : Problems.Invalid("approved", "Say true to approve, false to reject.");

    private static IResult Answer(RunbookOutcome outcome, string what, string key, string whatToDo) => outcome switch
    {
        RunbookOutcome.Accepted accepted => TypedResults.Ok(ExecutionDocument.From(accepted.Execution)),
        RunbookOutcome.Invalid invalid => Problems.Invalid(invalid.Member, invalid.Message),
        RunbookOutcome.Refused refused => Problems.Refused(refused.Why),
        _ => Problems.NotFound(what, key, whatToDo),
    };
}
