using MudBlazor;
using OpsConsole.Core.Flags;
using OpsConsole.Ui;

namespace OpsConsole.Features.Flags.Pages;

/// <summary>
/// Flipping a flag from a page: OFF at once, ON through a dialog that shows the margins. Either is confirmed by a notice that takes it back.
/// Does not end with the page: an OFF that was pressed is carried out even if the tab is closed.
/// </summary>
internal sealed class FlagFlips(FlagDesk desk, IDialogService dialogs, ISnackbar notices, TimeProvider time)
{
    /// <summary>Turns it OFF, or asks whether to turn it ON, whichever it is not.</summary>
    public Task FlipAsync(FlagView view) => view.Flag.Enabled ? TurnOffAsync(view, "") : AskAsync(view, "");

    private async Task TurnOffAsync(FlagView view, string reason)
    {
        var key = view.Flag.Key;
        var at = time.GetUtcNow();
        var (outcome, problem) = await desk.DoAsync((flags, actor) => flags.FlipAsync(key, enabled: false, actor, reason, CancellationToken.None));
        if (outcome is FlagOutcome.Saved)
        {
            notices.Done(key, $"{key} is OFF.", () => TurnBackOnAsync(view, at));
        }
        else
        {
            notices.Problem(key, $"{key}: {problem}");
        }
    }

    /// <summary>Taking an OFF back is an ON: where that asks for a reason, it goes through the dialog, with the reason written.</summary>
    private Task TurnBackOnAsync(FlagView view, DateTimeOffset turnedOffAt)
    {
        var reason = FormattableString.Invariant($"Undo of the OFF at {turnedOffAt.UtcDateTime:HH:mm:ss} UTC");
        return desk.AsksForReason ? AskAsync(view, reason) : TurnOnAsync(view, reason);
    }

    private async Task AskAsync(FlagView view, string reason) => await dialogs.ShowAsync<FlipDialog>(null, new DialogParameters<FlipDialog>
    {
        { dialog => dialog.View, view },
        { dialog => dialog.AsksForReason, desk.AsksForReason },
        { dialog => dialog.Reason, reason },
        { dialog => dialog.TurnOn, typed => TryTurnOnAsync(view, typed) },
    });

    private async Task TurnOnAsync(FlagView view, string reason)
    {
        if (await TryTurnOnAsync(view, reason) is { } problem)
        {
            notices.Problem(view.Flag.Key, $"{view.Flag.Key}: {problem}");
        }
    }

    /// <summary>Turns it ON for a reason.</summary>
    /// <returns>Why it is still OFF, if it is.</returns>
    private async Task<string?> TryTurnOnAsync(FlagView view, string reason)
    {
        var key = view.Flag.Key;
        var (outcome, problem) = await desk.DoAsync((flags, actor) => flags.FlipAsync(key, enabled: true, actor, reason, CancellationToken.None));
        if (outcome is not FlagOutcome.Saved)
        {
            return problem;
        }

        notices.Done(key, $"{key} is requested ON.", () => TurnOffAsync(view, "Undo"));
        return null;
    }
}
