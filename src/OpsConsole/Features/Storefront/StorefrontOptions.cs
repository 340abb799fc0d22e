using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsConsole.Features.Storefront;

/// <summary>Settings of the sample application (<c>OpsConsole:Storefront</c>).</summary>
internal sealed class StorefrontOptions
{
    public const string Section = "OpsConsole:Storefront";

    /// <summary>Whether it is started and stopped together with the console.</summary>
    public bool Enabled { get; set; }

    /// <summary>The port of its front address on 127.0.0.1.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 5090;

    /// <summary>Whether customers come by themselves.</summary>
    public bool Traffic { get; set; } = true;
}

[OptionsValidator]
internal sealed partial class StorefrontOptionsValidator : IValidateOptions<StorefrontOptions>;
