using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>HALT ALL and the safety lever.</summary>
internal static class HaltEndpoints
{
    public static void MapHaltEndpoints(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/v1").WithTags("Halt").DisableAntiforgery();
        api.MapPost("/halt", HaltAllAsync).RequireAuthorization(AccessPolicies.Operate).Accepts<HaltRequest>(isOptional: true, "application/json", "*/*")
            .WithName("HaltAll").WithSummary("Halts everything and says what could not be confirmed.");
        api.MapGet("/safety-lever", GetLever).RequireAuthorization(AccessPolicies.View)
            .WithName("GetSafetyLever").WithSummary("Whether the safety lever is engaged, by whom and why.");
        api.MapPut("/safety-lever", PutLeverAsync).RequireAuthorization(AccessPolicies.Operate)
            .WithName("PutSafetyLever").WithSummary("Engages the lever (operators) or disengages it (administrators).");
    }

    private static async Task<Ok<HaltAllDocument>> HaltAllAsync(HaltRequest request, Halts halts, ClaimsPrincipal user) =>
        TypedResults.Ok(HaltAllDocument.From(await halts.HaltAllAsync(user.Identity!.Name!, Reasons.Cut(request.Reason))));

    private static Ok<LeverDocument> GetLever(SafetyLevers levers) => TypedResults.Ok(LeverDocument.From(levers));

    private static async Task<Results<Ok<LeverDocument>, ProblemHttpResult, ValidationProblem>> PutLeverAsync(
        LeverRequest request, SafetyLevers levers, IAuthorizationService authorization, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (request.Engaged is not { } engaged)
        {
            return Problems.Invalid("engaged", "Say whether the lever shall be engaged: true or false.");
        }

        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > Reasons.Longest)
        {
            return Problems.Invalid("reason", $"Say why, in 1 to {Reasons.Longest} characters.");
        }

        if (engaged)
        {
            var outcome = await levers.EngageAsync(user.Identity!.Name!, request.Reason);
            return TypedResults.Ok(LeverDocument.From(levers, outcome));
        }

        if (!(await authorization.AuthorizeAsync(user, AccessPolicies.Administer)).Succeeded)
        {
            return TypedResults.Problem(
                "Disengaging the safety lever takes the role admin.", statusCode: StatusCodes.Status403Forbidden, title: "Not allowed");
        }

        return await levers.DisengageAsync(user.Identity!.Name!, request.Reason, cancellationToken) is { } problem
            ? Problems.Refused(problem)
            : TypedResults.Ok(LeverDocument.From(levers));
    }
}
