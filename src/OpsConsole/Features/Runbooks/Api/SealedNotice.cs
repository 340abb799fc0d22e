using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace OpsConsole.Features.Runbooks.Api;

/// <summary>A sentence that a form sends along to the page after it. It is sealed, so that no link can put words into the console's mouth.</summary>
internal sealed class SealedNotice(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("OpsConsole.Runbooks.Notice").ToTimeLimitedDataProtector();

    /// <summary>The page's address with the sentence.</summary>
    public string On(string page, string sentence) => $"{page}?notice={Uri.EscapeDataString(_protector.Protect(sentence, Lasts))}";

    /// <summary>The sentence; <see langword="null"/> if there is none, or if it is not the console's or too old.</summary>
    public string? Open(string? notice)
    {
        try
        {
            return string.IsNullOrEmpty(notice) ? null : _protector.Unprotect(notice);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
