using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Runbooks;

/// <summary>The settings under <c>OpsConsole:Runbooks</c>.</summary>
internal sealed class RunbooksOptions
{
    public const string Section = "OpsConsole:Runbooks";

    /// <summary>How long a run waits for a runbook of its rollback; the runbook is followed on after that.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan RollbackPatience { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the engine is asked to start one before it counts as not started.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan StartsWithin { get; set; } = TimeSpan.FromMinutes(2);
}

[OptionsValidator]
internal sealed partial class RunbooksOptionsValidator : IValidateOptions<RunbooksOptions>;
