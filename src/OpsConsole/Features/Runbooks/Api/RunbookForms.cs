using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using OpsConsole.Api;
using OpsConsole.Core.Access;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Runbooks.Api;

/// <summary>Plain forms with an antiforgery token: they work with a dead circuit and without scripts.</summary>
internal static class RunbookForms
{
    private const string Page = "/runbooks";

    public static void MapRunbookForms(this IEndpointRouteBuilder app)
    {
        var forms = app.MapGroup(Page).ExcludeFromDescription();
        forms.MapPost("{name}/start", StartAsync).RequireAuthorization(AccessPolicies.Operate);
        forms.MapPost("executions/{id}/stop", StopAsync).RequireAuthorization(AccessPolicies.Operate);
        forms.MapPost("executions/{id}/decision", DecideAsync).RequireAuthorization(AccessPolicies.Administer);
    }

    private static async Task<SeeOther> StartAsync(
        string name,
        [FromForm] string? reason,
        [FromForm] string? service,
        [FromForm] Guid? clientToken,
        RunbookDesk desk,
        SealedNotice notice,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        try
        {
            return await desk.StartAsync(name, service, user.Identity!.Name!, reason, clientToken, cancellationToken) switch
            {
                RunbookOutcome.Accepted accepted => new($"{Page}/executions/{accepted.Execution.Id}"),
                RunbookOutcome.Invalid invalid => new(notice.On(Page, $"Nothing was started. {invalid.Message}")),
                RunbookOutcome.Refused refused => new(notice.On(Page, $"Nothing was started. {refused.Why}")),
                _ => new(notice.On(Page, $"Nothing was started: there is no runbook {name} any more.")),
            };
        }
        catch (StoreUnavailableException exception)
        {
            return new(notice.On(Page, $"Nothing was started: {exception.Message}"));
        }
    }

    private static async Task<SeeOther> StopAsync(
        string id, [FromForm] string? reason, RunbookDesk desk, SealedNotice notice, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        After(id, await desk.StopAsync(id, user.Identity!.Name!, reason, cancellationToken), notice);

    private static async Task<SeeOther> DecideAsync(
        string id,
        [FromForm] string? approved,
        [FromForm] string? reason,
        RunbookDesk desk,
        SealedNotice notice,
        ClaimsPrincipal user,
        CancellationToken cancellationToken)
    {
        try
        {
            return After(id, await desk.DecideAsync(id, approved == "true", user.Identity!.Name!, reason, cancellationToken), notice);
        }
        catch (StoreUnavailableException exception)
        {
            return new(notice.On(PageOf(id), $"Nothing was approved: {exception.Message}"));
        }
    }

    private static SeeOther After(string id, RunbookOutcome outcome, SealedNotice notice) => outcome switch
    {
        RunbookOutcome.Refused refused => new(notice.On(PageOf(id), refused.Why)),
        RunbookOutcome.Invalid invalid => new(notice.On(PageOf(id), invalid.Message)),
        _ => new(PageOf(id)),
    };

    private static string PageOf(string id) => $"{Page}/executions/{Uri.EscapeDataString(id)}";
}
