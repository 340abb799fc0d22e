using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Features.Experiments.Runs;

namespace OpsConsole.Features.Experiments.Api;

/// <summary>Plain forms with an antiforgery token: they work with a dead circuit and without scripts.</summary>
internal static class FormEndpoints
{
    public static void MapExperimentForms(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup("").ExcludeFromDescription().RequireAuthorization(AccessPolicies.Operate);
        forms.MapPost("/halt", HaltAllAsync);
        forms.MapPost("/runs/{id}/halt", HaltRunAsync);
        forms.MapPost("/safety-lever", MoveLeverAsync);
        forms.MapPost("/experiments/{id}/launch", LaunchAsync);
        forms.MapPost("/experiments/{id}/dry-run", DryRunAsync);
    }

    private static async Task<SeeOther> HaltAllAsync([FromForm] string? reason, Halts halts, ClaimsPrincipal user)
    {
        await halts.HaltAllAsync(user.Identity!.Name!, Reasons.Cut(reason));
        return new("/halted");
    }

    private static async Task<SeeOther> HaltRunAsync(string id, [FromForm] string? reason, Halts halts, ClaimsPrincipal user)
    {
        await halts.HaltRunAsync(id, user.Identity!.Name!, Reasons.Cut(reason));
        return new($"/runs/{Uri.EscapeDataString(id)}");
    }

    private static async Task<SeeOther> MoveLeverAsync(
        [FromForm] string? engaged,
        [FromForm] string? reason,
        SafetyLevers levers,
        IAuthorizationService authorization,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        var why = Reasons.Cut(reason);
        if (!string.Equals(engaged, "false", StringComparison.OrdinalIgnoreCase))
        {
            await levers.EngageAsync(user.Identity!.Name!, why.Length == 0 ? "no reason was typed" : why);
            return new("/halted");
        }

        if (!(await authorization.AuthorizeAsync(user, AccessPolicies.Administer)).Succeeded)
        {
            return new("/halted?problem=role");
        }

        if (why.Length == 0)
        {
            return new("/halted?problem=reason");
        }

        return await levers.DisengageAsync(user.Identity!.Name!, why, cancellationToken) is null ? new("/halted") : new("/halted?problem=second");
    }

    private static async Task<SeeOther> DryRunAsync(string id, DryRuns dryRuns, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var page = $"/experiments/{Uri.EscapeDataString(id)}";
        return await dryRuns.BeginAsync(id, user.Identity!.Name!, cancellationToken) is DryRunOutcome.Refused ? new($"{page}?dryRun=refused") : new($"{page}#dry-run");
    }

    private static async Task<SeeOther> LaunchAsync(
        string id,
        [FromForm] string? reason,
        [FromForm] string? clientToken,
        RunService runs,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        var token = clientToken is { Length: > 0 and <= 100 } ? clientToken : null;
        var experiment = Uri.EscapeDataString(id);
        return await runs.LaunchAsync(id, user.Identity!.Name!, Reasons.Cut(reason), token, cancellationToken) switch
        {
            LaunchOutcome.Accepted accepted => new($"/runs/{accepted.Run.Id}"),
            LaunchOutcome.Busy busy => new($"/runs/{busy.Other.Id}?busy={experiment}"),
            LaunchOutcome.Refused => new($"/experiments/{experiment}?refused=1"),
            _ => new($"/experiments/{experiment}"),
        };
    }
}
