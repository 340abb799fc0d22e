using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>Dry runs of experiments with a template.</summary>
internal static class DryRunEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void MapDryRunEndpoints(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/v1/experiments/{id}/dry-run").WithTags("Experiments").DisableAntiforgery();
        group.MapPost("/", BeginAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("DryRunExperiment").WithSummary("Resolves the targets of a template and does nothing to them; 202 if it lasts longer than 30 s.");
        group.MapGet("/", GetAsync).RequireAuthorization(AccessPolicies.View)
            .WithName("GetDryRun").WithSummary("The newest dry run of the experiment's template.");
    }

    private static async Task<Results<Ok<DryRunDocument>, Accepted<DryRunDocument>, ProblemHttpResult>> BeginAsync(
        string id, DryRuns dryRuns, HttpContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        switch (await dryRuns.BeginAsync(id, context.User.Identity!.Name!, cancellationToken))
        {
            case DryRunOutcome.Begun begun:
                Task end = begun.End;
                await end.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return begun.End.IsCompletedSuccessfully
                    ? TypedResults.Ok(DryRunDocument.From(await begun.End))
                    : TypedResults.Accepted($"/api/v1/experiments/{id}/dry-run", DryRunDocument.From(begun.DryRun));
            case DryRunOutcome.Refused refused:
                return Problems.Refused(refused.Why);
            default:
                return Problems.NotFound("experiment", id, "GET /api/v1/experiments lists them.");
        }
    }

    private static async Task<Results<Ok<DryRunDocument>, ProblemHttpResult>> GetAsync(
        string id, ExperimentService experiments, DryRuns dryRuns, CancellationToken cancellationToken) =>
        await experiments.FindAsync(id, cancellationToken) is not { } stored ? Problems.NotFound("experiment", id, "GET /api/v1/experiments lists them.")
        : stored.Value.Template is { } template && await dryRuns.NewestAsync(template, cancellationToken) is { } newest ? TypedResults.Ok(DryRunDocument.From(newest))
        : Problems.NotFound("dry run of the experiment", id, "POST to the same address makes one.");
}
