using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace OpsConsole.Shell.Auth;

/// <summary>The one-time sign-in link. There is one at a time; whoever uses it up makes the console print the next.</summary>
internal sealed class SignInLinks
{
    private readonly Lock _turn = new();
    private string _token = NewToken();

    /// <summary>The token that signs in once.</summary>
    public string Token
    {
        get
        {
            lock (_turn)
            {
                return _token;
            }
        }
    }

    /// <summary>Uses the token up, if it is the right one.</summary>
    public bool TryUse(string? token)
    {
        lock (_turn)
        {
            if (token is null || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(_token)))
            {
                return false;
            }

            _token = NewToken();
            return true;
        }
    }

    private static string NewToken() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
}
