using MudBlazor;

namespace OpsConsole.Ui;

/// <summary>Short messages that say what became of an action, in the corner, where they cover no control.</summary>
internal static class Notices
{
    /// <summary>It was done. The notice goes by itself; resting the pointer on it keeps it.</summary>
    /// <param name="snackbar">Where it is shown.</param>
    /// <param name="subject">What it is about, e.g. a flag; a newer notice about the same replaces the older one.</param>
    /// <param name="sentence">What was done.</param>
    /// <param name="undo">Takes it back; also on the key <c>u</c>. Sees to its own errors.</param>
    public static void Done(this ISnackbar snackbar, string subject, string sentence, Func<Task>? undo = null)
    {
        snackbar.RemoveByKey(subject);
        snackbar.Add(
            sentence,
            Severity.Success,
            options =>
            {
                options.RequireInteraction = false;
                options.Action = undo is null ? null : "Undo";
                options.OnClick = undo is null ? null : _ => undo();
            },
            key: subject);
    }

    /// <summary>It was not done, or not wholly. Stays until it is closed.</summary>
    public static void Problem(this ISnackbar snackbar, string subject, string sentence)
    {
        snackbar.RemoveByKey(subject);
        snackbar.Add(sentence, Severity.Error, options => options.RequireInteraction = true, key: subject);
    }
}
