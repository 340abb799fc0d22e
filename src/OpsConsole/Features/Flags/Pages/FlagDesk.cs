using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using OpsConsole.Core.Access;
using OpsConsole.Core.Records;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>What the pages of flags do in the name of the person before the screen.</summary>
internal sealed class FlagDesk(FlagService flags, AuthenticationStateProvider authentication, IAuthorizationService authorization)
{
    public bool AsksForReason => flags.AsksForReason;

    public async Task<bool> MayOperateAsync() =>
        (await authorization.AuthorizeAsync((await authentication.GetAuthenticationStateAsync()).User, AccessPolicies.Operate)).Succeeded;

    /// <summary>Does it, if the person may.</summary>
    /// <returns>What became of it, or one sentence that says why nothing did.</returns>
    public async Task<(FlagOutcome? Outcome, string? Problem)> DoAsync(Func<FlagService, string, ValueTask<FlagOutcome>> action)
    {
        if (!await MayOperateAsync())
        {
            return (null, "Your role only looks; an operator may change flags.");
        }

        try
        {
            var actor = (await authentication.GetAuthenticationStateAsync()).User.Identity?.Name ?? "unknown";
            var outcome = await action(flags, actor);
            return (outcome, Describe(outcome));
        }
        catch (StoreUnavailableException problem)
        {
            return (null, $"Nothing was changed: {problem.Message}");
        }
    }

    private static string? Describe(FlagOutcome outcome) => outcome switch
    {
        FlagOutcome.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(error => error.Value)),
        FlagOutcome.Refused refused => refused.Problem,
        FlagOutcome.Unknown => "The flag is gone.",
        FlagOutcome.Conflict => "Somebody else changed the flag meanwhile.",
        FlagOutcome.Ahead ahead => $"Served OFF at once, {ahead.Off.Sentence}. {ahead.Problem}",
        _ => null,
    };
}
