using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace OpsConsole.Shell.Auth;

/// <summary>
/// By what one replica proves to another for whom it speaks. Whoever has the keys that sign cookies, which replicas share, can write one; it is
/// good for some minutes, which also bears clocks that differ.
/// </summary>
internal sealed class ReplicaTokens(IDataProtectionProvider protection)
{
    public const string Header = "X-OpsConsole-Replica";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("OpsConsole.Replicas").ToTimeLimitedDataProtector();

    /// <summary>A token that speaks for somebody.</summary>
    /// <param name="name">Who.</param>
    /// <param name="role">In which role.</param>
    public string Issue(string name, string role) => _protector.Protect($"{role}\n{name}", Lifetime);

    /// <summary>For whom a token speaks, or <see langword="null"/> if it is none of this console's or is over.</summary>
    public (string Name, string Role)? Read(string token)
    {
        try
        {
            var parts = _protector.Unprotect(token).Split('\n', 2);
            return (parts[1], parts[0]);
        }
        catch (Exception problem) when (problem is CryptographicException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>Signs another replica in, as whom it speaks for.</summary>
internal sealed class ReplicaTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ReplicaTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (tokens.Read(Request.Headers[ReplicaTokens.Header].ToString()) is not { } speaker)
        {
            return Task.FromResult(AuthenticateResult.Fail("The token of the replica is not known."));
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, speaker.Name), new Claim(ClaimTypes.Role, speaker.Role)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Refusal.WriteAsync(
        Context, StatusCodes.Status401Unauthorized, "Unknown replica", "The replicas of a console must share the keys that sign cookies.");
}
