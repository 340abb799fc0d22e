using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OpsConsole.Core.Access;

namespace OpsConsole.Shell.Auth;

/// <summary>Settings of sign-in (<c>OpsConsole:Auth</c>).</summary>
internal sealed class AuthOptions
{
    public const string Section = "OpsConsole:Auth";

    /// <summary>The keys by which programs sign in.</summary>
    [ValidateEnumeratedItems]
    public IList<ApiKeyOptions> ApiKeys { get; init; } = [];

    /// <summary>How long a signed-in browser stays signed in after its last request; 5 minutes to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan SessionLength { get; init; } = TimeSpan.FromHours(12);
}

/// <summary>One API key.</summary>
internal sealed class ApiKeyOptions
{
    /// <summary>The name that stands on the timeline.</summary>
    [Required]
    [StringLength(80, MinimumLength = 1)]
    public string Name { get; init; } = "";

    /// <summary>The secret.</summary>
    [Required]
    [StringLength(500, MinimumLength = 8, ErrorMessage = "An API key needs 8 to 500 characters (OpsConsole:Auth:ApiKeys:n:Key).")]
    public string Key { get; init; } = "";

    /// <summary>viewer, operator, admin or application.</summary>
    [AllowedValues(
        AccessRoles.Viewer,
        AccessRoles.Operator,
        AccessRoles.Admin,
        AccessRoles.Application,
        ErrorMessage = "The role of an API key is viewer, operator, admin or application (OpsConsole:Auth:ApiKeys:n:Role).")]
    public string Role { get; init; } = AccessRoles.Viewer;
}

[OptionsValidator]
internal sealed partial class AuthOptionsValidator : IValidateOptions<AuthOptions>;
