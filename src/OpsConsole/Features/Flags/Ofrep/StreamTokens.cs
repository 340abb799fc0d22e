using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace OpsConsole.Features.Flags.Ofrep;

/// <summary>
/// Short-lived tokens for the stream's address, because a browser's EventSource cannot send a header. A caller's token stays the same for
/// a while, so that the answer it stands in can be compared by its ETag.
/// </summary>
internal sealed class StreamTokens(IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = protection.CreateProtector("OpsConsole.Flags.EventStream");
    private readonly ConcurrentDictionary<string, (long Window, string Token)> _issued = new(StringComparer.Ordinal);

    /// <summary>A token that lasts 10 to 20 minutes.</summary>
    /// <param name="name">Whom it is for.</param>
    public string Issue(string name)
    {
        var window = Window();
        if (_issued.TryGetValue(name, out var known) && known.Window == window)
        {
            return known.Token;
        }

        foreach (var old in _issued.Where(issued => issued.Value.Window < window))
        {
            _issued.TryRemove(old);
        }

        return _issued.AddOrUpdate(
            name,
            _ => (window, Protect(name, window)),
            (_, other) => other.Window == window ? other : (window, Protect(name, window))).Token;
    }

    /// <summary>How long the token lasts; zero if it is over or none of ours.</summary>
    public TimeSpan Remaining(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return TimeSpan.Zero;
        }

        try
        {
            var window = long.Parse(_protector.Unprotect(token).Split('|')[0], CultureInfo.InvariantCulture);
            var ends = DateTimeOffset.UnixEpoch + (RenewEvery * (window + 2));
            var remaining = ends - clock.GetUtcNow();
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
        catch (CryptographicException)
        {
            return TimeSpan.Zero;
        }
    }

    private long Window() => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / RenewEvery.Ticks;

    private string Protect(string name, long window) => _protector.Protect($"{window}|{name}");
}
