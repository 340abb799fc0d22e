using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Aws.Parameters;

/// <summary>Settings of Parameter Store, <c>OpsConsole:Aws:Parameters</c>.</summary>
internal sealed class ParameterStoreOptions
{
    public const string Section = "OpsConsole:Aws:Parameters";

    /// <summary>The path below which the console's parameters lie, e.g. <c>/opsconsole/production</c>; empty: none are read.</summary>
    [RegularExpression(@"^(/[A-Za-z0-9_.-]+){1,10}$")]
    public string? Path { get; set; }

    /// <summary>How often they are read.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long reading all of them, retries included, is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class ParameterStoreOptionsValidator : IValidateOptions<ParameterStoreOptions>;
