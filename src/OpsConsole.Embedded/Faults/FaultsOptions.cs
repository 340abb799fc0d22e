using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Embedded.Faults;

/// <summary>Settings of the leased faults (<c>OpsConsole:Faults</c>).</summary>
internal sealed class FaultsOptions
{
    public const string Section = "OpsConsole:Faults";

    /// <summary>How many agents may be known at once.</summary>
    [Range(1, 10_000)]
    public int MaxAgents { get; set; } = 500;
}

[OptionsValidator]
internal sealed partial class FaultsOptionsValidator : IValidateOptions<FaultsOptions>;
