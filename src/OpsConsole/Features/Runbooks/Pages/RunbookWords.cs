using System.Globalization;
using OpsConsole.Core.Runbooks;
using OpsConsole.Ui;

namespace OpsConsole.Features.Runbooks.Pages;

/// <summary>How runbooks are said on screen.</summary>
internal static class RunbookWords
{
    public static Tone Tone(this RunbookState state) => state switch
    {
        RunbookState.Succeeded => Ui.Tone.Ok,
        RunbookState.Failed or RunbookState.TimedOut or RunbookState.Refused or RunbookState.Rejected => Ui.Tone.Bad,
        RunbookState.Waiting or RunbookState.Stopping or RunbookState.Cancelled or RunbookState.Unknown => Ui.Tone.Warn,
        RunbookState.InProgress => Ui.Tone.Info,
        _ => Ui.Tone.Off,
    };

    public static string Word(this RunbookState state) => state switch
    {
        RunbookState.Requested => "being started",
        RunbookState.Pending => "not begun",
        RunbookState.InProgress => "in progress",
        RunbookState.Waiting => "waits for approval",
        RunbookState.Stopping => "stopping",
        RunbookState.Succeeded => "succeeded",
        RunbookState.Failed => "failed",
        RunbookState.TimedOut => "timed out",
        RunbookState.Cancelled => "stopped",
        RunbookState.Rejected => "rejected",
        RunbookState.Refused => "not started",
        _ => "unknown",
    };

    /// <summary>The word for a step, which may wait for something else than an approval.</summary>
    public static string Word(this RunbookStep step) =>
        step is { State: RunbookState.Waiting, Approval: null } ? "waits"
        : step is { State: RunbookState.Cancelled, StartedAt: null } ? "not begun"
        : step.State == RunbookState.Unknown ? $"“{step.Status}”, not known"
        : step.State.Word();

    public static string Values(IEnumerable<string> values) => string.Join(", ", values);

    public static string Document(Runbook runbook) => runbook.Version.Length == 0 ? runbook.Document : $"{runbook.Document}, version {runbook.Version}";

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>How long ago, in the largest unit that fits.</summary>
    public static string Age(TimeSpan age) =>
        age.TotalSeconds < 120 ? $"{Math.Max(0, age.TotalSeconds):F0} s"
        : age.TotalMinutes < 120 ? $"{age.TotalMinutes:F0} min"
        : $"{age.TotalHours:F0} h";
}
