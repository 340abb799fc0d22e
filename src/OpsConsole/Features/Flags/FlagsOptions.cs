using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Flags;

/// <summary>The settings under <c>OpsConsole:Flags</c>.</summary>
internal sealed class FlagsOptions
{
    public const string Section = "OpsConsole:Flags";

    /// <summary>How long a conditioned flag is still served after its evidence went stale; 0 to 60.</summary>
    [Range(0.0, 60.0)]
    public double UnknownGraceSeconds { get; set; } = 1;

    /// <summary>How long an application may serve a conditioned flag without hearing of the console; 3 to 60.</summary>
    [Range(3.0, 60.0)]
    public double LeaseSeconds { get; set; } = 5;

    /// <summary>The origins of web pages that may evaluate flags by OFREP, e.g. <c>https://shop.example</c>; none by default.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    public TimeSpan UnknownGrace => TimeSpan.FromSeconds(UnknownGraceSeconds);

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
}

[OptionsValidator]
internal sealed partial class FlagsOptionsValidator : IValidateOptions<FlagsOptions>;
