using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws.Runbooks;

/// <summary>Settings of Systems Manager Automation, <c>OpsConsole:Aws:Automation</c>; its actions are read by <see cref="ConfiguredRunbooks"/>.</summary>
internal sealed class AutomationOptions
{
    public const string Section = "OpsConsole:Aws:Automation";

    /// <summary>How often an execution that goes on is looked at.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one answer is waited for, retries included.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class AutomationOptionsValidator : IValidateOptions<AutomationOptions>;
